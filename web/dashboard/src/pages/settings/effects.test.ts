import { expect, test } from 'vitest';
import { effects, removes, type Settings } from './effects';

const settings = (change: Partial<Settings> = {}): Settings => ({
  timezone: 'UTC',
  session_gap_ms: 1_800_000,
  hosts: ['shop.example'],
  collect: { query_params: [], internal: [], payment_hosts: [] },
  retention: '25 months',
  ...change,
});
const collect = (change: Partial<Settings['collect']>) => ({ collect: { ...settings().collect, ...change } });
const NOW = new Date('2026-11-20T12:00:00Z');

test('nothing changed, nothing is said', () => expect(effects(settings(), settings(), NOW)).toEqual([]));

test.each<[string, Partial<Settings>, Partial<Settings>, RegExp]>([
  ['a zone cuts the past anew', {}, { timezone: 'Europe/Berlin' }, /past ones too.*Europe\/Berlin/],
  ['a longer gap', {}, { session_gap_ms: 3_600_000 }, /all history.*1\sh.*fewer/],
  ['a shorter gap', {}, { session_gap_ms: 600_000 }, /10\smin.*more of them/],
  ['first hosts', { hosts: [] }, { hosts: ['a.example'] }, /only events from a\.example/],
  ['another host', {}, { hosts: ['shop.example', 'b.example'] }, /from b\.example are taken/],
  ['no host any more', {}, { hosts: [] }, /any host/],
  ['one host less', { hosts: ['a', 'b'] }, { hosts: ['a'] }, /from b are refused.*stored stays/],
  ['a parameter', {}, collect({ query_params: ['color'] }), /color is kept.*Past addresses stay/],
  [
    'own people',
    {},
    collect({ internal: ['203.0.113.0/24'] }),
    /left out of results.*Past ones stay counted/,
  ],
  ['a payment host', {}, collect({ payment_hosts: ['pay.example'] }), /pay\.example keep the source/],
  [
    'a shorter retention',
    {},
    { retention: '12 months' },
    /Those from before 20 Nov(ember)? 2025 are removed for good/,
  ],
  ['a longer retention', {}, { retention: '36 months' }, /36\smonths\. What was removed before/],
  ['for ever', {}, { retention: 'forever' }, /until you say otherwise\. What was removed before/],
  ['the usual', {}, { retention: 'usual' }, /imported ones until you say otherwise\. What was removed/],
  [
    'a longer retention for imported events, too',
    { retention: 'usual' },
    { retention: '36 months' },
    /Imported ones from before 20 Nov(ember)? 2023 are removed/,
  ],
  [
    'the usual instead of for ever',
    { retention: 'forever' },
    { retention: 'usual' },
    /Collected ones from before 20 Oct(ober)? 2024 are removed/,
  ],
])('%s', (_, before, after, expected) => {
  expect(effects(settings(before), settings(after), NOW).join('\n')).toMatch(expected);
});

test.each([
  ['usual', '25 months', true],
  ['usual', 'forever', false],
  ['forever', 'usual', true],
  ['14 months', 'usual', false],
  ['14 months', '25 months', false],
  ['25 months', '14 months', true],
  ['1 month', '1 month', false],
])('from %s to %s', (before, after, expected) => expect(removes(before, after)).toBe(expected));
