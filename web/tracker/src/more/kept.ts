// Events that could not be delivered, kept on the device for the next page; with consent only.

import { json, safely } from '../dom';
import type { Fact } from '../events';
import type { Core } from '../lazy';

/** Each page load has its own entry, so that two open pages do not overwrite each other's. */
const PREFIX = 'wm.kept.';
/** The collector takes no older event at its own time. */
const OLDEST_MS = 72 * 36e5;

const entries = (): string[] => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

export type Kept = ReturnType<typeof kept>;

export const kept = ({ enqueue_, failing_, leaves_, visitor_, waiting_ }: Core) => {
  const entry = PREFIX + Date.now() + Math.random();

  leaves_.push(() =>
    safely(() => {
      if (!visitor_()) return;
      if (!failing_() && navigator.onLine) delete localStorage[entry];
      // Nothing waits when a page is hidden after it was left: its last attempt is under way, and may fail.
      else if (waiting_.length) localStorage[entry] = json(waiting_);
    }),
  );

  return {
    /** Takes over what earlier pages kept. What another open page kept goes twice, under the same identifiers. */
    restore: (): void =>
      entries().forEach((key) => {
        const facts: Fact[] = JSON.parse(localStorage[key]);
        delete localStorage[key];
        enqueue_(facts.filter(({ time }) => time > Date.now() - OLDEST_MS));
      }),
    forget: (): void => safely(() => entries().forEach((key) => delete localStorage[key])),
  };
};
