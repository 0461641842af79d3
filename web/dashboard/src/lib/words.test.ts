// Words for what the API says.

import { expect, test } from 'vitest';
import type { Change } from '../api';
import { baseWords, countingWords, fateWords, isCollected, quoted, verdict } from './words';

test('bases are in the plural', () => {
  const check = (base: string, expected: string) => expect(baseWords(base)).toBe(expected);
  check('visitor', 'visitors');
  check('session that saw the page', 'sessions that saw the page');
  check('visitors at step 1', 'visitors at step 1');
  check('visitors that reached buy', 'visitors that reached buy');
  check('pair', 'pairs');
  check('total', 'entries');
});

test('a change without a difference says that there is nothing to compare with', () => {
  const difference = { value: 0.01, interval: { low: -0.01, high: 0.03, confidence: 0.95 } };
  const short = (change: Partial<Change>) =>
    verdict({ verdict: 'too_few', difference: null, ...change } as Change, 'visitor').short;
  expect(short({})).toBe('Nothing to compare with yet');
  expect(short({ difference } as Partial<Change>)).toBe('Too few visitors to tell');
  expect(short({ difference, verdict: 'too_close' } as Partial<Change>)).toBe('Too close to tell');
});

test('codes become words, and unknown ones stay', () => {
  expect(countingWords('once_per_key')).toBe('once per order');
  expect(countingWords('by_moon')).toBe('by_moon');
  expect(fateWords('repeat_of_order')).toBe('its order is counted already');
  expect(fateWords(null)).toBe('not counted');
  expect(['(none)', '(other)', '(spring sale)', ''].map(isCollected)).toEqual([true, true, false, false]);
  expect(quoted('no goal `a b`')).toBe('no goal “a b”');
});
