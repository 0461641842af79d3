// Differences between versions, and lengths of time.

import { expect, test } from 'vitest';
import { conditionWords, toConditions, toLines, wrongLine } from './conditions';
import { differences, type Lines } from './differ';
import { lengthMs, lengthParts, lengthText, lengthWords } from './lengths';

test('differences name what came, went and changed', () => {
  const check = (was: Lines, now: Lines, expected: [string, string | null, string | null][]) =>
    expect(differences(was, now).map(({ label, was, now }) => [label, was, now])).toEqual(expected);
  check([['Event', 'a']], [['Event', 'a']], []);
  check([['Event', 'a']], [['Event', 'b']], [['Event', 'a', 'b']]);
  check([], [['Value', '5 EUR']], [['Value', null, '5 EUR']]);
  check(
    [
      ['Where', 'x'],
      ['Where', 'y'],
    ],
    [['Where', 'x']],
    [['Where', 'y', null]],
  );
});

test('lengths of time', () => {
  expect(lengthMs('1h30m')).toBe(5_400_000);
  expect(lengthMs('soon')).toBeNull();
  expect(lengthParts('1h30m')).toEqual({ number: 90, unit: 'm' });
  expect(lengthParts('168h')).toEqual({ number: 7, unit: 'd' });
  expect(lengthWords('1h')).toBe('1 hour');
  expect(lengthWords('7d')).toBe('7 days');
  expect(lengthText(90_000)).toBe('90s');
  expect(lengthText(1500)).toBe('1500ms');
});

test('conditions are edited without loss', () => {
  const check = (where: Record<string, unknown>) => {
    const { lines, other } = toLines(where as never);
    expect({ ...other, ...toConditions(lines) }).toEqual(where);
  };
  check({ path: '/a*', device: ['mobile', 'tablet'] });
  check({ 'prop.n': { at_least: 2, at_most: 5 } });
  check({ path: { starts_with: '/shop/', not_in: ['/shop/test'] } });
  check({ referrer: { present: true }, source: { missing: true } });
  check({ path: { in: ['/a*'] } });
  check({ where: [{ path: 'x' }], amount: { at_least: '5 EUR' } });
});

test('conditions in words, and what is wrong with them', () => {
  expect(conditionWords({ path: ['/a', '/b'], 'prop.n': { at_least: 2 } })).toEqual([
    'Page is /a or /b',
    'Property “n” is at least 2',
  ]);
  expect(wrongLine([{ key: 'path', test: 'is', value: '' }])).toBe('Complete the condition, or remove it.');
  expect(wrongLine([{ key: 'prop.n', test: 'at_least', value: 'x' }])).toBe('“x” is not a number.');
  expect(wrongLine([{ key: 'path', test: 'present', value: '' }])).toBeNull();
});
