// Words of funnels: what is counted, and how.

import type { FunnelForm } from '../../api/definitions';
import { lengthWords } from '../../definitions/lengths';
import { dimension } from '../../lib/words';

export const COUNT_WORDS: Record<string, string> = {
  visitor: 'visitors',
  session: 'sessions',
  pair: 'pairs',
  total: 'entries',
};

/** What a funnel's choices mean, in a few words each, for the line above its chart. */
export function choiceWords(form: FunnelForm): string[] {
  const chosen = [
    { ordered: '', strict: 'nothing between steps', any: 'in any order' }[form.order ?? 'ordered'],
    form.window ? `within ${lengthWords(form.window)}` : 'no time limit',
    form.scope === 'session' && form.count !== 'session' && 'within one visit',
    form.anchor === 'first' && 'from the very first step 1',
    form.entry === 'open' && 'entry at any step',
    form.same && `same ${dimension(form.same)}`,
    form.exclude?.length && `${form.exclude.length} exclusion${form.exclude.length > 1 ? 's' : ''}`,
  ];
  return chosen.filter((part) => typeof part === 'string' && part !== '') as string[];
}
