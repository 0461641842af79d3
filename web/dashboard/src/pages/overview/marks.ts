// Changes of definitions as marks on days: each by itself, or many of one day in a word.

import type { DefinitionChange } from '../../api';
import type { Mark } from '../../components/plot';
import { dateIn } from '../../lib/format';
import { changeWords } from '../../lib/words';
import { t } from '../../text';

/** As many of a day are told one by one. */
const FEW = 2;

export function changeMarks(changes: DefinitionChange[], zone: string): Mark[] {
  const days = new Map<string, DefinitionChange[]>();
  for (const change of changes) {
    const date = dateIn(change.at, zone);
    days.set(date, [...(days.get(date) ?? []), change]);
  }
  return [...days].flatMap(([date, some]) =>
    some.length > FEW
      ? [{ date, text: t.terms.changes.many(some.length) }]
      : some.map((change) => ({ date, text: changeWords(change) })),
  );
}
