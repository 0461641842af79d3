// Numbers, plurals and lists in the reader's language, by `Intl`. Texts and `lib/format.ts` are made with it.

import { locale } from './locale';

const MINUS = '\u2212';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

export function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${JSON.stringify(options)}`;
  if (!cache.has(key)) cache.set(key, new Intl.NumberFormat(locale, options));
  return cache.get(key) as Intl.NumberFormat;
}

export function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${JSON.stringify(options)}`;
  if (!cache.has(key)) cache.set(key, new Intl.DateTimeFormat(locale, options));
  return cache.get(key) as Intl.DateTimeFormat;
}

/** A number with a true minus sign. */
export const signed = (value: number, options: Intl.NumberFormatOptions) =>
  numbers(options).format(value).replace('-', MINUS);

/** `4,504`. */
export const count = (value: number) => signed(value, { maximumFractionDigits: 0 });

/** The forms of a word by the language's plural categories: English has `one` and `other`. */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

const rules = new Intl.PluralRules(locale);

/** The form that goes with a number: `plural(2, { one: 'is', other: 'are' })`. */
export const plural = (value: number, forms: Forms) => forms[rules.select(value)] ?? forms.other;

/** The number and its word: `4,504 visitors`, `1 visitor`. */
export const counted = (value: number, forms: Forms) => `${count(value)} ${plural(value, forms)}`;

const lists = { and: 'conjunction', or: 'disjunction' } as const;

/** `a, b and c`. */
export const list = (items: string[], type: keyof typeof lists = 'and') =>
  new Intl.ListFormat(locale, { type: lists[type] }).format(items);
