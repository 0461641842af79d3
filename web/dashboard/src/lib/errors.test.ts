// What people are told about an error.

import { expect, test } from 'vitest';
import { inOne, isOurs, told } from './errors';

test.each([
  // Known codes have words of their own.
  [
    'wrong_credentials',
    'the e-mail address or the password is wrong',
    undefined,
    'Wrong e-mail or password.',
  ],
  [
    'unknown_site',
    'there is no site of that name for you',
    '`GET /api/v1/sites` lists them',
    'Site not found, or you have no access to it. Choose another site.',
  ],
  // All others are said as sentences, without code.
  ['too_many_tries', 'too many tries: wait 30 s', undefined, 'Too many tries: wait 30 s.'],
  ['other', 'no goal `x`', 'see `y`', 'No goal “x”. See “y”.'],
  ['busy', 'Waymark is busy.', 'Wait a little.', 'Waymark is busy. Wait a little.'],
])('%s', (code, message, hint, expected) => {
  expect(inOne(told({ code, message, hint }))).toBe(expected);
  expect(expected).toMatch(/^[A-ZÄÖÜ].*[.!?]$/);
});

test('definitions that are refused say everything that is wrong with them', () => {
  const errors = [
    { message: '`a b` is not a host', hint: 'write the name alone' },
    { message: 'no goal `x`' },
  ];
  const error = { code: 'definitions', message: 'the definitions are wrong', body: { error: { errors } } };
  expect(inOne(told(error))).toBe('“a b” is not a host. Write the name alone. No goal “x”.');
});

test('the request is named where the server failed', () => {
  expect([0, 401, 404, 422, 500, 503].filter((status) => isOurs({ status }))).toEqual([500, 503]);
});
