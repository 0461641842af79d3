// Page views, and what happens between one and the next: the time engaged.

import { capture, flush, place, track } from './events';
import { listen, safely } from './dom';
import { more } from './lazy';
import { options, wants } from './script';

/** A person who does nothing for so long is taken to be away. */
const IDLE_MS = 3e4;
const LEAST_ENGAGED_MS = 1e3;

/** Work to do before the last events of a page go, which is perhaps over, perhaps only hidden. */
export const leaves: ((over?: boolean) => void)[] = [];

let visible = false;
let engaged = 0;
let lastActive = 0;
let shown: string;

const hash = (): string => ('hash' in options ? location.hash : '');

/** Counts a page view if the path has changed. */
export const view = (always?: boolean): void => {
  const path = location.pathname + hash();
  if (always || shown != path) {
    leave(true);
    place.referrer = place.url || document.referrer;
    shown = path;
    place.url = location.href.split('#')[0] + hash();
    if (wants('pageview')) track('pageview');
  }
};

const active = (): void => {
  const now = Date.now();
  if (visible) engaged += Math.min(now - lastActive, IDLE_MS);
  lastActive = now;
  visible = !document.hidden;
};

const leave = (over?: boolean): void => {
  active();
  if (engaged >= LEAST_ENGAGED_MS) capture('engagement', { ms: engaged | 0 });
  engaged = 0;
  leaves.forEach((work) => work(over));
};

const gone = (over?: boolean): void => {
  leave(over);
  flush(true);
};

/** Watches the history and the person. */
export const watch = (): void => {
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (...args) {
      original.apply(this, args);
      safely(view);
    };
  }
  listen('popstate hashchange', () => view());
  listen<PageTransitionEvent>('pageshow', (event) => event.persisted && view(true));
  listen('pointermove pointerdown keydown scroll', active);
  // The first scroll fetches the second file anyway, which then notices what comes later.
  listen('load pointerdown', () => document.querySelector('[data-wm-on=seen]') && more());
  listen('pagehide', () => gone(true));
  listen('visibilitychange', () => (document.hidden ? gone() : active()));
};
