// Conditions on events: between the wire's form and lines that can be edited, and in words. It knows no page.

import type { Conditions } from '../api';
import { dimension } from '../lib/words';
import { t } from '../text';
import { list } from '../text/intl';

const words = t.definitions.conditions;

/** How a line holds a text against its value. */
export type TestName = keyof typeof words.tests;

/** One line: of several with `is` on the same thing one must hold, of all others each. */
export interface Line {
  key: string;
  test: TestName;
  value: string;
}

export const hasValue = (test: TestName) => test !== 'present' && test !== 'missing';
const isNumber = (test: TestName) => test === 'at_least' || test === 'at_most';

/** The wire's form of what is filled in. */
export function toConditions(lines: Line[]): Conditions {
  const tests: Record<string, Record<string, unknown>> = {};
  for (const { key, test, value } of lines) {
    if (!key || (hasValue(test) && !value)) continue;
    const of = (tests[key] ??= {});
    if (test === 'is') of.like = [...((of.like as string[]) ?? []), value];
    else if (test === 'not') of.not_in = [...((of.not_in as string[]) ?? []), value];
    else if (!hasValue(test)) of[test] = true;
    else of[test] = isNumber(test) ? Number(value) : value;
  }
  const short = (test: Record<string, unknown>) => {
    const { like, ...others } = test as { like?: string[] };
    const texts = like?.length === 1 ? like[0]! : like;
    return Object.keys(others).length ? { ...others, ...(like && { like: texts }) } : texts!;
  };
  return Object.fromEntries(Object.entries(tests).map(([key, test]) => [key, short(test)]));
}

/** Lines of the wire's form; what they cannot say comes back as `other`. */
export function toLines(where: Conditions = {}): { lines: Line[]; other: Conditions | null } {
  const lines: Line[] = [];
  const other: Conditions = {};
  for (const [key, test] of Object.entries(where)) {
    const found = linesOf(key, test);
    if (found) lines.push(...found);
    else other[key] = test;
  }
  return { lines, other: Object.keys(other).length ? other : null };
}

/** What is no text, or no column: kept as it is. */
const BEYOND = ['where', 'amount', 'verified'];

function linesOf(key: string, test: unknown): Line[] | null {
  const tests = typeof test === 'string' || Array.isArray(test) ? { like: test } : test;
  if (BEYOND.includes(key) || typeof tests !== 'object' || tests === null) return null;
  const found = Object.entries(tests).map(([name, value]) => lineOf(key, name, value));
  return found.some((some) => some === null) ? null : found.flat().filter((line) => line !== null);
}

function lineOf(key: string, name: string, value: unknown): Line[] | null {
  const values = Array.isArray(value) ? (value as unknown[]) : [value];
  const all = (test: TestName) =>
    values.every((one) => typeof one === 'string' || typeof one === 'number')
      ? values.map((one) => ({ key, test, value: String(one) }))
      : null;
  if (name === 'like') return all('is');
  // In a list of `in`, a star is only a star.
  if (name === 'in') return values.some((one) => String(one).includes('*')) ? null : all('is');
  if (name === 'not_in') return all('not');
  if (name === 'present' || name === 'missing')
    return [{ key, test: (name === 'present') === (value === true) ? 'present' : 'missing', value: '' }];
  return name in words.tests && name !== 'is' && name !== 'not' ? all(name as TestName) : null;
}

/** What is wrong with the lines, in words; null when nothing is. */
export function wrongLine(lines: Line[]): string | null {
  const seen = new Set<string>();
  for (const { key, test, value } of lines) {
    if (!key || (hasValue(test) && !value)) return words.incomplete;
    if (isNumber(test) && !Number.isFinite(Number(value))) return words.notNumber(value);
    const once = `${key} ${test}`;
    if (test !== 'is' && test !== 'not' && seen.has(once))
      return words.twice(dimension(key), words.tests[test]);
    seen.add(once);
  }
  return null;
}

/** The conditions in words, one text for each thing they look at. */
export function conditionWords(where: Conditions = {}): string[] {
  const { lines, other } = toLines(where);
  const values = new Map<string, { key: string; test: TestName; values: string[] }>();
  for (const { key, test, value } of lines) {
    const once = `${key} ${test}`;
    const found = values.get(once);
    if (found) found.values.push(value);
    else values.set(once, { key, test, values: [value] });
  }
  const told = [...values.values()].map(({ key, test, values }) =>
    words.inWords[test](dimension(key), list(values, 'or')),
  );
  return other ? [...told, JSON.stringify(other)] : told;
}
