// Remarks on definitions in words: what to do about each, and the changes that settle it with one click.

import { getDefinitions, type Lint, type Mend } from '../../api';
import { putGoal } from '../../api/definitions';
import { toasts } from '../../lib/toast.svelte';
import { t } from '../../text';
import { lintGoal, mended } from './goal';

/** What to do; where a button says it, nothing. */
export const todo = ({ code }: Lint) => (t.goals.todo as Record<string, string>)[code] ?? '';

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
    toasts.done(t.goals.mended(name));
    return true;
  } catch (error) {
    toasts.error(error);
    return false;
  }
}
