import { expect, test } from 'vitest';
import { effects, type Settings } from './effects';

const settings = (change: Partial<Settings> = {}): Settings => ({
  timezone: 'UTC',
  session_gap_ms: 1_800_000,
  hosts: ['shop.example'],
  collect: { query_params: [], internal: [], payment_hosts: [] },
  retention_months: 25,
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
  ['a shorter retention', {}, { retention_months: 12 }, /before 20 Nov(ember)? 2025 are removed for good/],
  ['a longer retention', {}, { retention_months: 36 }, /36 months from now on/],
  ['none', {}, { retention_months: null }, /until you say otherwise/],
])('%s', (_, before, after, expected) => {
  expect(effects(settings(before), settings(after), NOW).join('\n')).toMatch(expected);
});
