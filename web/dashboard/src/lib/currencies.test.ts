// The decimals of currencies are those that the server keeps amounts with.

import { expect, test } from 'vitest';
import table from '../../../../crates/model/src/money.rs?raw';
import { decimals } from './currencies';

test('every currency has the decimals that amounts are kept with', () => {
  const written = /DECIMALS[^=]*= ([^;]*);/.exec(table)?.[1] ?? '';
  const groups = [...written.matchAll(/\(\s*(\d),\s*&\[([^\]]*)\]/g)];
  expect(groups).toHaveLength(3);
  for (const [, digits, codes] of groups)
    for (const [, code] of codes!.matchAll(/"(\w+)"/g)) expect(decimals(code!), code).toBe(Number(digits));
  // What usage has fewer of, and what nobody knows.
  for (const code of ['EUR', 'HUF', 'COP', 'IDR', 'PKR', 'XYZ', '']) expect(decimals(code), code).toBe(2);
});

test('no currency is singled out that the server does not', () => {
  for (const code of Intl.supportedValuesOf('currency'))
    if (decimals(code) !== 2) expect(table).toContain(`"${code}"`);
});
