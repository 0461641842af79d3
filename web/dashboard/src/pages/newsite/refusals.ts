// Why an event was refused, or is excluded from results, and what to do: the words for the codes of docs/collecting.md.

import { t } from '../../text';

export interface Reason {
  why: string;
  todo: string;
}

const known: Record<string, Reason | undefined> = t.newsite.reasons;

/** In plain words; a code that has none of its own is named. */
export const reason = (code: string): Reason =>
  known[code] ?? { why: t.newsite.otherReason.why(code), todo: t.newsite.otherReason.todo };
