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

/** Counts a page view if the path has changed, or `always`. */
const view = (always?: unknown): void => {
  const { href, pathname } = location;
  const hashed = 'hash' in options;
  const path = hashed ? href.replace(/\?[^#]*/g, '') : pathname;
  if (always == true || shown != path) {
    leave(true);
    place.referrer = place.url || document.referrer;
    shown = path;
    // A fragment that is no page goes, unless it tells of a campaign.
    place.url = hashed ? href : href.replace(/#(?!.*utm).*/, '');
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
  if (engaged >= LEAST_ENGAGED_MS) capture('engagement', { ms: engaged });
  engaged = 0;
  leaves.forEach((work) => work(over));
};

/** Does this whenever the page has called that function. */
const after = (owner: any, name: string, work: (owner: any) => unknown): void => {
  const original = owner[name];
  owner[name] = function (...args: unknown[]) {
    original.apply(this, args);
    safely(() => work(this));
  };
};

/** Counts the first view, and watches the history and the person. */
export const watch = (): void => {
  view();
  after(history, 'pushState', view);
  after(history, 'replaceState', view);
  // A form that a script submits says nothing: this is heard in its place.
  after(HTMLFormElement.prototype, 'submit', (form) =>
    form.dispatchEvent(new Event('wm', { composed: true })),
  );
  listen<PageTransitionEvent>('popstate hashchange pageshow', ({ persisted }) => view(persisted));
  listen('load pointermove pointerdown keydown scroll input play copy', ({ type }, [target]) => {
    active();
    more(type, target);
  });
  listen('pagehide visibilitychange', ({ type }) => {
    leave(type == 'pagehide');
    flush(true);
  });
};
