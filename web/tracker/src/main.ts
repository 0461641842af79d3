// The core of the browser script, `wm.js`: what a page needs from its first moment to its last.

import type { Details } from '../index';
import { enqueue, identify, track } from './events';
import { listen, safely } from './dom';
import { more } from './lazy';
import { options, say } from './script';
import * as clicks from './clicks';
import * as views from './views';
import { consent, opt, optedOut } from './visitor';

type Setting = (value: string) => void;

/** The function in the page: ours, or the one before us, which only takes notes. */
interface Known {
  identify?: Setting;
  q?: [string][];
}

/** A text is the value of a setting; anything else belongs to an event. */
const call: any = (name: string, details?: Details | string) =>
  safely(() => (typeof details == 'string' ? call[name](details) : track(name, details)));
call.identify = identify;
call.consent = (answer: string) => more('consent', consent(answer) || answer);
call.opt = (way: string) => {
  more('consent');
  opt(way);
  enqueue([]);
};

const start = (): void => {
  const { q = [], identify } = (window.waymark || {}) as Known;
  // A tag that stands in the page twice counts once.
  if (identify) return;
  window.waymark = call;
  if (optedOut) say('opted out');
  views.watch();
  q.forEach((args) => call(...args));
  clicks.watch();
};

const arrive = (): unknown => (/_wm=/.test(location as any) ? more().then(start) : start());

if (options.consent) call.consent(options.consent);
if (document.prerendering) listen('prerenderingchange', arrive);
else arrive();
