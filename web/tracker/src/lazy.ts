// The second file, `wm-more.js`: fetched once the page has loaded, or a person does something before.

import { declared } from './clicks';
import { capture, enqueue, failures, waiting } from './events';
import { safely } from './dom';
import { beside, options, say, wants } from './script';
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
  say_: say,
  visitor_: visitor,
  waiting_: waiting,
  wants_: wants,
};
export type Core = typeof core;

/** What happened, and to what. */
export interface Happened {
  type?: string;
  target?: unknown;
}

let file: Promise<{ default: (core: Core, happened: Happened) => void }>;

/** Hands over what happened; if the file cannot be had, it goes unnoticed. The number is that of the file's form. */
export const more = (type?: string, target?: unknown): Promise<unknown> =>
  (file = file || import(beside('wm-more.js?2'))).then(
    (more) => more.default(core, { type, target }),
    safely as () => void,
  );
