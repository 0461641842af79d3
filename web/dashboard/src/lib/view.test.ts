// What is in the address, and the question that comes of it.

import { expect, test, vi } from 'vitest';

vi.mock('./router.svelte', () => ({ router: { url: new URL('http://127.0.0.1/') } }));
const { conditions, conditionsBack, readCompare, readCondition, readRange, writeCondition } =
  await import('./view.svelte');

const asked = (...texts: string[]) => conditions(texts.flatMap((text) => readCondition(text) ?? []));

test('conditions are read and written', () => {
  for (const text of [
    'device=mobile',
    'path!=/cart',
    'referrer~news',
    'prop.a=b=c',
    'path=/a?x!=y',
    'source=',
  ])
    expect(writeCondition(readCondition(text)!)).toBe(text);
  expect(readCondition('nothing')).toBeNull();
});

test('several values of a key are alternatives', () => {
  expect(asked('device=mobile')).toEqual({ device: 'mobile' });
  expect(asked('device=mobile', 'device=tablet', 'country=DE')).toEqual({
    device: ['mobile', 'tablet'],
    country: 'DE',
  });
  expect(asked('path=/a*', 'path!=/a/b', 'path~x')).toEqual({
    path: { like: ['/a*'], not_in: ['/a/b'], contains: 'x' },
  });
  expect(asked('path~a', 'path~b', 'path~c')).toEqual({
    path: { contains: 'a' },
    where: [{ path: { contains: 'b' } }, { path: { contains: 'c' } }],
  });
});

test('a saved filter comes back, unless it says more than the bar can', () => {
  for (const texts of [
    ['device=mobile'],
    ['path=/a*', 'path!=/a/b', 'path~x'],
    ['device=a', 'device=b'],
    ['path~a', 'path~b'],
  ])
    expect(conditionsBack(asked(...texts))?.map(writeCondition)).toEqual(texts);
  expect(conditionsBack({ amount: { at_least: '50 EUR' } })).toBeNull();
  expect(conditionsBack({ where: [{ path: '/a' }] })).toBeNull();
});

test('ranges', () => {
  const check = (text: string | null, expected: object) => expect(readRange(text).asked).toEqual(expected);
  check('7d', { last_days: 7 });
  check('2026-03-01..2026-03-31', { from: '2026-03-01', to: '2026-03-31' });
  check('2026-03-01..', { from: '2026-03-01' });
  check('..2026-03-31', { to: '2026-03-31' });
  check('all', {});
  for (const text of [
    null,
    '',
    '..',
    '0d',
    'x',
    '2026-3-1..',
    '2026-13-01..',
    '2026-02-30..',
    '2026-03-02..2026-03-01',
  ])
    check(text, { last_days: 30 });
});

test('comparisons', () => {
  for (const text of ['none', 'previous', '2026-03-01..', '..2026-03-31'])
    expect(readCompare(text)).toBe(text);
  for (const text of [null, '', '..', '2026-13-01..']) expect(readCompare(text)).toBe('previous');
});
