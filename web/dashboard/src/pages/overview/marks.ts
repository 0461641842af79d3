// Changes of definitions as marks on days: each by itself, or many of one day in a word.

import type { DefinitionChange } from '../../api';
import type { Mark } from '../../components/plot';
import { counted, dateIn } from '../../lib/format';

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
      ? [{ date, text: counted(some.length, 'change') + ' of what counts' }]
      : some.map(({ subject, name, action }) => ({ date, text: `${subject} “${name}” ${action}` })),
  );
}
