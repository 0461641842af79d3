// Which marks come of which changes.

import { expect, test } from 'vitest';
import { changeMarks } from './marks';

const change = (at: string, name: string) => ({
  at,
  by: null,
  subject: 'goal',
  name,
  action: 'changed',
  version: 2,
});
const check = (changes: ReturnType<typeof change>[], zone: string, expected: [string, string][]) =>
  expect(changeMarks(changes, zone).map(({ date, text }) => [date, text])).toEqual(expected);

test('changes fall on days of the zone, many of a day in a word', () => {
  check([], 'UTC', []);
  check([change('2026-03-01T23:30:00Z', 'a')], 'Europe/Berlin', [['2026-03-02', 'Goal “a” changed']]);
  const many = ['a', 'b', 'c'].map((name) => change('2026-03-01T12:00:00Z', name));
  check(many, 'UTC', [['2026-03-01', '3 changes to goals, funnels or settings']]);
  check(many.slice(1), 'UTC', [
    ['2026-03-01', 'Goal “b” changed'],
    ['2026-03-01', 'Goal “c” changed'],
  ]);
});
