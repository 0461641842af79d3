// The second file, `wm-more.js`: fetched when something happens that the core leaves to it.

import { declared } from './clicks';
import { capture, enqueue, failures, waiting } from './events';
import { beside, options } from './script';
import { leaves } from './views';
import { visitor } from './visitor';

/** What the core lends to the second file; the build shortens names that end so. */
const core = {
  capture_: capture,
  declared_: declared,
  enqueue_: enqueue,
  leaves_: leaves,
  options_: options,
  failing_: () => failures,
  visitor_: visitor,
  waiting_: waiting,
};
export type Core = typeof core;

/** What happened: an event of the page, or consent given or denied. */
export type Happened = Pick<Event, 'type' | 'target'> | { type: string; target: boolean };

let file: Promise<{ default: (core: Core, happened?: Happened) => void }>;

/** Hands over what happened; if the file cannot be had, it goes unnoticed. */
export const more = (happened?: Happened): Promise<void> =>
  (file = file || import(beside('wm-more.js'))).then((more) => more.default(core, happened)).catch(() => {});
