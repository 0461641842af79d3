// Words of funnels: what is counted, and how.

import type { FunnelForm } from '../../api/definitions';
import { lengthWords } from '../../definitions/lengths';
import { count } from '../../lib/format';
import { dimension } from '../../lib/words';
import { t } from '../../text';

/** `4,504 visitors`, by the API's code of what is counted. */
export const unitsOf = (code: string, n: number) =>
  (t.funnels.units as Record<string, (n: number) => string>)[code]?.(n) ?? count(n);

/** The same as the title of a column. */
export const unitTitle = (code: string) => (t.funnels.unitTitles as Record<string, string>)[code] ?? code;

/** The words below the number of those who took the first step. */
export const enteredWords = (code: string) => (t.funnels.entered as Record<string, string>)[code] ?? '';

/** What a funnel's choices mean, in a few words each, for the line above its chart. */
export function choiceWords(form: FunnelForm): string[] {
  const words = t.funnels.brief;
  const chosen = [
    words.order[form.order ?? 'ordered'],
    form.window ? words.within(lengthWords(form.window)) : words.noLimit,
    form.scope === 'session' && form.count !== 'session' && words.oneSession,
    form.anchor === 'first' && words.firstAttempt,
    form.entry === 'open' && words.anyEntry,
    form.same && words.same(dimension(form.same)),
    form.exclude?.length && words.exclusions(form.exclude.length),
  ];
  return chosen.filter((part) => typeof part === 'string' && part !== '') as string[];
}
