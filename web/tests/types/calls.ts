// Calls that must be allowed, and calls that must not: checked by the compiler, never run.

import { Waymark, type Options } from '../../node/dist/index.js';
import { load, waymark } from '../../tracker/index.js';

load({ src: 'https://stats.example/wm.js', site: 'shop', auto: '-scroll', consent: 'granted', hash: true });
waymark('purchase');
waymark('purchase', { plan: 'pro', n: 3, gift: true, value: 19.9, currency: 'EUR', key: 'order-1' });
waymark('consent', 'granted');
waymark('identify', 'customer-17');
waymark('opt', 'out');
window.waymark('purchase', { value: '19.90 EUR' });

// @ts-expect-error: the site is needed
load({ src: 'https://stats.example/wm.js' });
// @ts-expect-error: consent is granted or denied
waymark('consent', 'perhaps');
// @ts-expect-error: a property is a text, a number or a boolean
waymark('purchase', { items: ['a', 'b'] });
// @ts-expect-error: a key is a text
waymark('purchase', { key: 17 });

const options: Options = { host: 'https://stats.example', site: 'shop', onRefused: ({ code }) => code };
const client = new Waymark(options);
client.track({ name: 'purchase', time: new Date(), value: 5, currency: 'EUR', props: { plan: 'pro' } });
// @ts-expect-error: an event has a name
client.track({ value: 5 });
// @ts-expect-error: properties are texts, numbers and booleans
client.track({ name: 'a', props: { nested: {} } });
