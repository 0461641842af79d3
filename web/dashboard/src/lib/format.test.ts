// Numbers in words, as tables of what goes in and what is read.

import { expect, test } from 'vitest';
import {
  count,
  days,
  digitsFor,
  duration,
  interval,
  money,
  percent,
  points,
  pointsDigits,
  pointsInterval,
} from './format';

const check = (told: string, expected: string) =>
  expect(told.replace(/[\u202f\u00a0\u2009]/g, ' ')).toBe(expected);

test('shares have more digits the smaller they are', () => {
  check(percent(0.868), '86.8 %');
  check(percent(0.0429), '4.29 %');
  check(percent(0.00051), '0.051 %');
  check(percent(0), '0.00 %');
  check(percent(null), '–');
  check(interval({ low: 0.0373, high: 0.0492 }), '3.73–4.92');
});

test('differences carry their sign', () => {
  check(points(0.0031), '+0.31');
  check(points(-0.0051), '−0.51');
  check(points(0.000001), '0.00');
  check(pointsInterval({ low: -0.0051, high: 0.0113 }), '−0.51 … +1.13');
});

test('a difference has the digits that its verdict rests on', () => {
  const among = (low: number, high: number, expected: string) =>
    check(pointsInterval({ low, high }, pointsDigits({ low, high })), expected);
  among(-0.0051, 0.0113, '−0.51 … +1.13');
  among(0.00003, 0.0001, '+0.003 … +0.010');
  among(-0.0113, -0.000002, '−1.1300 … −0.0002');
  among(0.0001, 0.2, '+0.01 … +20.00');
  among(0, 0.01, '0.00 … +1.00');
  among(1e-9, 0.01, '0.0000 … +1.0000');
});

test('amounts follow their currency, known or not', () => {
  check(money(1990, 'EUR'), '€19.90');
  check(money(1990, 'JPY'), 'JP¥1,990');
  check(money(-1990, 'USD'), '−US$19.90');
  check(money(199000, 'HUF').replace(/^HUF\s/, ''), '1,990.00');
  check(money(1990, 'IQD').replace(/^IQD\s/, ''), '1.990');
  check(money(1990, 'EUR', { whole: true }), '€20');
  check(money(1990, ''), '19.90 (no currency)');
  check(money(1990, '<b>'), '19.90 <b>');
});

test('lengths of time have at most two units', () => {
  check(duration(0), '0 ms');
  check(duration(999), '999 ms');
  check(duration(61_000), '1 min 1 s');
  check(duration(360_000), '6 min');
  check(duration(4_800_000), '1 h 20 min');
  check(duration(12 * 86_400_000 + 3_600_000), '12 d');
});

test('days', () => {
  check(days('2026-06-01', '2026-06-30').replace(/\s*–\s*/, '–'), '1–30 Jun 2026');
  check(count(4504), '4,504');
});

test('axes have as many digits as tell their values apart', () => {
  const among = (step: number, expected: number) => expect(digitsFor(step)).toBe(expected);
  among(0.1, 0);
  among(0.01, 0);
  among(0.025, 1);
  among(0.002, 1);
  among(0.0025, 2);
  among(0.25, 0);
});
