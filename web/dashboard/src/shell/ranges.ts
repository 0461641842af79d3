// The ranges and comparisons that are offered, and what they are called.

import { days } from '../lib/format';

export const RANGES: { text: string; label: string }[] = [
  { text: '1d', label: 'today' },
  { text: '7d', label: 'last 7 days' },
  { text: '30d', label: 'last 30 days' },
  { text: '90d', label: 'last 90 days' },
  { text: '365d', label: 'last 365 days' },
  { text: 'all', label: 'all time' },
];

const between = (text: string) => {
  const [from, to] = text.split('..');
  if (from && to) return days(from, to);
  return from ? `since ${days(from, from)}` : `until ${days(to!, to!)}`;
};

export const rangeWords = (text: string) =>
  RANGES.find((range) => range.text === text)?.label ??
  (text.includes('..') ? between(text) : `last ${parseInt(text)} days`);

export const compareWords = (text: string) =>
  text === 'previous' ? 'period before' : text === 'none' ? 'nothing' : between(text);
