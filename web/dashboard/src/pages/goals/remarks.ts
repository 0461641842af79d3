// Remarks on definitions in words: what to do about each, and the changes that settle it with one click.

import { getDefinitions, type Lint, type Mend } from '../../api';
import { putGoal } from '../../api/definitions';
import { toasts } from '../../lib/toast.svelte';
import { lintGoal, mended } from './goal';

/** What to do, by the remark's code; where a button says it, nothing. */
const TODO: Record<string, string> = {
  no_headline: 'Choose the one macro goal that the site exists for: the purchase, the booking, the donation.',
  several_headlines: 'Keep the one that matters most.',
  micro_headline: 'Make a macro goal the headline, or make this one a macro if the site exists for it.',
  too_many_macros: 'Keep what the business lives on. Make the others milestones or secondary actions.',
  too_many_micros: 'Remove those that nobody would act on. Their events stay.',
  loose_goal: 'That is fine for the first step of a funnel. Otherwise make it narrower, or remove it.',
  dead_goal:
    'Do it once yourself and see whether the event arrives. Check the name and the page for typing errors.',
  macro_without_key: '',
  macro_without_value: 'Say what each is worth: what the event carries, or an estimate.',
  key_not_seen: 'Send the order number with the event, or count once per session.',
  value_not_seen: 'Send the amount and its currency with the event, or give the goal a fixed value.',
  funnel_without_macro: 'Add the macro goal that it leads to as the last step.',
  broken_funnel: 'Correct the funnel, or define what it refers to again.',
};

export const todo = ({ code }: Lint) => TODO[code] ?? '';

export const MEND_WORDS: Record<Mend, string> = {
  count_once_per_key: 'Use the order number',
  count_once_per_session: 'Count once per session',
  value_from_event: 'Use the value of the events',
};

/** Where the guide says how an order number is sent, for a goal that has none yet. */
export const asksForKey = ({ code, mends }: Lint) =>
  ['macro_without_key', 'key_not_seen'].includes(code) && !mends.includes('count_once_per_key');

/** Changes the goal that the remark is about; whether it is done. */
export async function settle(site: string, lint: Lint, mend: Mend): Promise<boolean> {
  const name = lintGoal(lint);
  try {
    const { goals, etag } = await getDefinitions(site);
    const goal = goals.find((one) => one.name === name);
    if (!goal || !name) return false;
    await putGoal(site, name, mended(goal, mend), etag);
    toasts.done(`“${name}” is changed, and applies to all history.`);
    return true;
  } catch (error) {
    toasts.error(error);
    return false;
  }
}
