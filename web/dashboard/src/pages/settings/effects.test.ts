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
  ['a zone moves past days too', {}, { timezone: 'Europe/Berlin' }, /Europe\/Berlin, past days too/],
  ['a longer gap', {}, { session_gap_ms: 3_600_000 }, /1\sh.*past sessions too.*fewer/],
  ['a shorter gap', {}, { session_gap_ms: 600_000 }, /10\smin.*more sessions/],
  ['first hosts', { hosts: [] }, { hosts: ['a.example'] }, /events only from a\.example/],
  ['another host', {}, { hosts: ['shop.example', 'b.example'] }, /accept events from b\.example/],
  ['no host any more', {}, { hosts: [] }, /any host/],
  ['one host less', { hosts: ['a', 'b'] }, { hosts: ['a'] }, /refuse events from b\. Stored events stay/],
  ['a parameter', {}, collect({ query_params: ['color'] }), /keep color.*Stored addresses do not change/],
  [
    'own people',
    {},
    collect({ internal: ['203.0.113.0/24'] }),
    /excluded from results.*Past events still count/,
  ],
  [
    'a payment host',
    {},
    collect({ payment_hosts: ['pay.example'] }),
    /pay\.example will keep their earlier source/,
  ],
  [
    'a shorter retention',
    {},
    { retention: '12 months' },
    /Events from before 20 Nov(ember)? 2025 will be deleted/,
  ],
  ['a longer retention', {}, { retention: '36 months' }, /36\smonths\.\n.*already deleted/],
  ['forever', {}, { retention: 'forever' }, /until you change this\.\n.*already deleted/],
  ['the usual', {}, { retention: 'usual' }, /imported events until you change this\.\n.*already deleted/],
  [
    'a longer retention for imported events, too',
    { retention: 'usual' },
    { retention: '36 months' },
    /Imported events from before 20 Nov(ember)? 2023 will be deleted/,
  ],
  [
    'the usual instead of forever',
    { retention: 'forever' },
    { retention: 'usual' },
    /Collected events from before 20 Oct(ober)? 2024 will be deleted/,
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
