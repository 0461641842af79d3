// Changes of definitions as marks on days: each by itself, or many of one day in a word.

import type { DefinitionChange } from '../../api';
import type { Mark } from '../../components/plot';
import { dateIn } from '../../lib/format';
import { t } from '../../text';

/** As many of a day are told one by one. */
const FEW = 2;

/** A change in words. */
function changeText({ subject, name, action }: DefinitionChange): string {
  const texts: Record<string, Record<string, (name: string) => string> | undefined> = t.overview.changes.one;
  return texts[subject]?.[action]?.(name) ?? t.overview.changes.many(1);
}

export function changeMarks(changes: DefinitionChange[], zone: string): Mark[] {
  const days = new Map<string, DefinitionChange[]>();
  for (const change of changes) {
    const date = dateIn(change.at, zone);
    days.set(date, [...(days.get(date) ?? []), change]);
  }
  return [...days].flatMap(([date, some]) =>
    some.length > FEW
      ? [{ date, text: t.overview.changes.many(some.length) }]
      : some.map((change) => ({ date, text: changeText(change) })),
  );
}
