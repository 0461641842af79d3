// The core of the browser script, `wm.js`: what a page needs from its first moment to its last.

import type { Details } from '../index';
import { identify, track } from './events';
import { listen, safely } from './dom';
import { more } from './lazy';
import { options } from './script';
import * as clicks from './clicks';
import * as views from './views';
import { consent, opt, visitor } from './visitor';

/** The function in the page: ours, or the one before us, which only takes notes. */
interface Known {
  loaded?: boolean;
  q?: Parameters<typeof call>[];
}

const settings: Record<string, (value: string) => void> = {
  consent: (answer) => more({ type: 'consent', target: consent(answer) }),
  identify,
  opt: (way) => {
    opt(way);
    more({ type: 'consent', target: false });
  },
};

/** A text is the value of a setting; anything else belongs to an event. */
const call = (name: string, details?: Details | string): void =>
  safely(() => (typeof details == 'string' ? settings[name]!(details) : track(name, details)));
call.loaded = true;

const start = (): void => {
  const { q = [], loaded } = (window.waymark || {}) as Known;
  // A tag that stands in the page twice counts once.
  if (loaded) return;
  window.waymark = call;
  views.view();
  q.forEach((args) => call(...args));
  views.watch();
  clicks.watch();
  listen('scroll input play copy', more);
};

const arrive = (): unknown => (location.search.includes('_wm=') ? more().then(start) : start());

if (options.consent) settings.consent!(options.consent);
// With an identifier there is more to do: events kept for later, links to the site's other hosts.
if (visitor()) more();
if (document.prerendering) listen('prerenderingchange', arrive);
else arrive();
