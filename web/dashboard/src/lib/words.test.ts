// Words for what the API says.

import { expect, test } from 'vitest';
import type { Change, Rate, Verdict } from '../api';
import {
  baseWords,
  countingWords,
  fateWords,
  isCollected,
  quoted,
  rateSpoken,
  sentence,
  sentences,
  verdict as told,
  weight,
} from './words';

test('bases are in the plural', () => {
  const check = (base: string, expected: string) => expect(baseWords(base)).toBe(expected);
  check('visitor', 'visitors');
  check('session that saw the page', 'sessions that saw the page');
  check('visitors at step 1', 'visitors at step 1');
  check('visitors that reached buy', 'visitors that reached buy');
  check('pair', 'pairs');
  check('total', 'attempts');
});

test('a change in words', () => {
  const check = (
    verdict: Verdict,
    [value, low, high]: [number, number, number] | [],
    [needed, present]: [number | null, number],
    expected: string,
  ) => {
    const interval = { low: low!, high: high!, confidence: 0.95 };
    const difference = value === undefined ? null : { value, interval };
    const { short, more } = told({ verdict, difference, needed } as Change, 'visitor', present);
    expect(`${short}: ${more}.`).toBe(expected);
  };
  const some: [number, number, number] = [0.01, -0.01, 0.03];
  check('too_few', [], [null, 0], 'No comparison yet: one of the periods has no visitors.');
  check('too_few', some, [null, 50], 'Too little data: wait for more visits.');
  const chance = 'Too close to tell: the difference could be chance.';
  check('too_close', some, [null, 5000], chance);
  check(
    'too_close',
    some,
    [20_921, 5000],
    'Too close to tell: it takes about 21,000 visitors in each period to confirm a change of this size.',
  );
  // Nobody waits for a hundred times the traffic.
  check('too_close', some, [2_000_000_000, 13_677], chance);
  check('too_close', some, [1_367_701, 13_677], chance);
  check('too_close', some, [20_921, 0], chance);
  // What is nothing at the digits shown is no change.
  check(
    'too_close',
    [0.000_004, -0.003, 0.003],
    [2_000_000_000, 13_677],
    'No change: both periods are alike.',
  );
  check('too_close', [0, -0.003, 0.003], [null, 13_677], 'No change: both periods are alike.');
  check('down', [-0.0079, -0.0107, -0.0052], [null, 25_000], 'Down: this is very unlikely to be chance.');
});

test('what a rate bears', () => {
  const check = (numerator: number, denominator: number, low_n: boolean, expected: string) => {
    const share = denominator ? numerator / denominator : null;
    expect(weight({ numerator, denominator, low_n, share, base: 'visitor' } as Rate)).toBe(expected);
  };
  check(0, 0, true, 'sound');
  check(1, 1, true, 'little');
  check(0, 29, true, 'little');
  check(3, 13_677, true, 'little');
  // None or all of many is no lack of data.
  check(0, 30, true, 'plain');
  check(0, 13_677, true, 'plain');
  check(13_677, 13_677, true, 'plain');
  check(500, 13_677, false, 'sound');
});

test('a rate is said with its figure, however little data there is', () => {
  const rate = { numerator: 1, denominator: 2, low_n: true, share: 0.5, base: 'visitor' } as Rate;
  const interval = { low: 0.095, high: 0.905, confidence: 0.95 };
  expect(rateSpoken({ ...rate, interval }).replace(/\u202f/g, ' ')).toBe(
    '50.0 %. 1 of 2 visitors. Little data: too early to compare with other rates. The true rate is probably between 9.5–90.5 % (95 % confidence interval).',
  );
});

test('messages of the API as sentences', () => {
  expect(sentence('the `x` is wrong')).toBe('The `x` is wrong.');
  expect(sentence('Is it?')).toBe('Is it?');
  expect(sentences(['a', 'b.'])).toBe('a. b.');
});

test('codes become words, and unknown ones stay', () => {
  expect(countingWords('once_per_key')).toBe('once per order');
  expect(countingWords('by_moon')).toBe('by_moon');
  expect(fateWords('repeat_of_order')).toBe('order already counted');
  expect(fateWords(null)).toBe('not counted');
  expect(['(none)', '(other)', '(spring sale)', ''].map(isCollected)).toEqual([true, true, false, false]);
  expect(quoted('no goal `a b`')).toBe('no goal “a b”');
});
