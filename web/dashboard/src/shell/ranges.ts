// The ranges and comparisons that are offered, and what they are called.

import { days } from '../lib/format';
import { t } from '../text';

const { ranges } = t.shell;

export const RANGES: { text: string; label: string }[] = [
  { text: '1d', label: ranges.today },
  ...[7, 30, 90, 365].map((n) => ({ text: `${n}d`, label: ranges.lastDays(n) })),
  { text: 'all', label: ranges.all },
];

const between = (text: string) => {
  const [from, to] = text.split('..');
  if (from && to) return days(from, to);
  return from ? ranges.since(days(from, from)) : ranges.until(days(to!, to!));
};

export const rangeWords = (text: string) =>
  RANGES.find((range) => range.text === text)?.label ??
  (text.includes('..') ? between(text) : ranges.lastDays(parseInt(text)));

const COMPARISONS: Record<string, string> = {
  previous: t.shell.previousPeriod,
  none: t.shell.noComparison,
};

export const compareWords = (text: string) => COMPARISONS[text] ?? between(text);
