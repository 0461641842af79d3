// What one looks at: range, comparison, base, filter and zone, all in the address, so that a view is a link.
// It turns them into the form of a question, and knows no page.

import type { Base, Conditions, Filter, Over } from '../api';
import { router } from './router.svelte';

export const BASES: Base[] = ['visitor', 'session', 'user', 'event'];
const DEFAULT_RANGE = '30d';
const DATES = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/;

/** How a filter's value is held against the text: like it (with `*`), not it, or containing it. */
export type Operator = '=' | '!=' | '~';

export interface Condition {
  key: string;
  operator: Operator;
  value: string;
}

/** Reads `device=mobile`, `path!=/cart`, `referrer~news`. */
export function readCondition(text: string): Condition | null {
  const found = /^((?:prop\.)?[^=!~]+?)(!=|=|~)(.*)$/s.exec(text);
  return found ? { key: found[1]!, operator: found[2] as Operator, value: found[3]! } : null;
}

export const writeCondition = ({ key, operator, value }: Condition) => `${key}${operator}${value}`;

/** The conditions in the form of a question; several values of one key are alternatives, several parts are not. */
export function conditions(given: Condition[]): Conditions {
  const tests: Record<string, Record<string, string[]>> = {};
  const further: Conditions[] = [];
  for (const { key, operator, value } of given) {
    const name = { '=': 'like', '!=': 'not_in', '~': 'contains' }[operator];
    const test = (tests[key] ??= {});
    // A question tests a column for one part: others stand beside it.
    if (operator === '~' && test.contains) further.push({ [key]: { contains: value } });
    else (test[name] ??= []).push(value);
  }
  const only = (test: Record<string, string[]>) => {
    const { like, not_in, contains } = test;
    if (like && !not_in && !contains) return like.length === 1 ? like[0]! : like;
    return {
      ...(like && { like }),
      ...(not_in && { not_in }),
      ...(contains && { contains: contains[0]! }),
    };
  };
  const where = Object.fromEntries(Object.entries(tests).map(([key, test]) => [key, only(test)]));
  return { ...where, ...(further.length && { where: further }) };
}

/** The other way round, for saved segments; null when they say more than the filter bar can. */
export function conditionsBack(where: Conditions): Condition[] | null {
  const texts = (value: unknown): string[] | null => {
    const list = Array.isArray(value) ? value : [value];
    return list.every((one) => typeof one === 'string') ? list : null;
  };
  const found: Condition[] = [];
  for (const [key, test] of Object.entries(where)) {
    if (!test) return null;
    if (key === 'where') {
      const further = Array.isArray(test) ? test.map((one) => conditionsBack(one as Conditions)) : [null];
      // In the bar they would be alternatives to others of their key.
      if (further.some((one) => !one || one.some(({ operator }) => operator === '='))) return null;
      found.push(...further.flatMap((one) => one ?? []));
      continue;
    }
    const plain = typeof test === 'string' || Array.isArray(test);
    for (const [name, value] of Object.entries(plain ? { like: test } : test)) {
      const operator = ({ like: '=', in: '=', not_in: '!=', contains: '~' } as Record<string, Operator>)[
        name
      ];
      const values = texts(value);
      if (!operator || !values) return null;
      found.push(...values.map((value) => ({ key, operator, value })));
    }
  }
  return found;
}

export interface Shown {
  range: string;
  compare: string;
  base: Base;
  filter: string[];
  /** A filter of more words than the bar has, as JSON. */
  where: string;
  select: string;
  touch: string;
  zone: string;
}

const DEFAULTS: Shown = {
  range: DEFAULT_RANGE,
  compare: 'previous',
  base: 'visitor',
  filter: [],
  where: '',
  select: 'visitors',
  touch: 'first',
  zone: '',
};

class View {
  readonly #params = $derived(router.url.searchParams);
  readonly range = $derived(readRange(this.#params.get('range')));
  readonly compare = $derived(readCompare(this.#params.get('compare')));
  readonly base = $derived(BASES.find((base) => base === this.#params.get('base')) ?? 'visitor');
  /** The zone in which moments are shown; empty for the site's. Days are always the site's. */
  readonly zone = $derived(readZone(this.#params.get('zone')));
  /** The zone to show moments of a site in. */
  zoneFor(site: string): string {
    return this.zone || site;
  }
  readonly select = $derived(
    this.#params.get('select') === 'sessions' ? ('sessions' as const) : ('visitors' as const),
  );
  readonly touch = $derived(this.#params.get('touch') === 'last' ? ('last' as const) : ('first' as const));
  readonly conditions = $derived(this.#params.getAll('filter').flatMap((text) => readCondition(text) ?? []));
  /** Conditions that the bar cannot say, as they are in the address. */
  readonly raw = $derived(readWhere(this.#params.get('where')));

  readonly filter: Filter | undefined = $derived.by(() => {
    const shown = conditions(this.conditions);
    const further = [...((shown.where as Conditions[] | undefined) ?? []), ...(this.raw ? [this.raw] : [])];
    const where = { ...shown, ...(further.length && { where: further }) };
    return Object.keys(where).length ? { where, touch: this.touch, select: this.select } : undefined;
  });
  /** What every question of the page is about. */
  readonly over: Over = $derived({ range: this.range.asked, ...(this.filter && { filter: this.filter }) });
  /** What an overview is compared with. */
  readonly asksCompare: 'previous' | { range: { from?: string; to?: string } } | undefined = $derived(
    this.range.text === 'all' && this.compare === 'previous' ? undefined : asksCompare(this.compare),
  );

  /** The address of this page with some of the view changed. */
  with(change: Partial<Shown>): string {
    const url = new URL(router.url);
    for (const [key, value] of Object.entries(change) as [keyof Shown, string | string[]][]) {
      url.searchParams.delete(key);
      const values = Array.isArray(value) ? value : [value];
      for (const one of values) if (one !== DEFAULTS[key]) url.searchParams.append(key, one);
    }
    return url.pathname + url.search;
  }

  /** Goes there. */
  set(change: Partial<Shown>) {
    router.go(this.with(change));
  }

  /** The address with one more condition. */
  withCondition(condition: Condition): string {
    return this.with({ filter: [...this.conditions, condition].map(writeCondition) });
  }

  /** The same view on another page of the site. */
  href(site: string, page: string): string {
    const kept = new URLSearchParams();
    for (const [key, value] of this.#params) if (key in DEFAULTS) kept.append(key, value);
    const query = kept.toString();
    return `/sites/${encodeURIComponent(site)}/${page}${query && `?${query}`}`;
  }
}

export interface Range {
  /** As it is in the address: `30d`, `2026-03-01..2026-03-31`, `all`. */
  text: string;
  asked: NonNullable<Over['range']>;
}

export function readRange(text: string | null): Range {
  const days = /^([1-9]\d{0,3})d$/.exec(text ?? '');
  if (days) return { text: text!, asked: { last_days: Number(days[1]) } };
  if (text === 'all') return { text, asked: {} };
  const dates = readDates(text);
  if (dates) return { text: text!, asked: dates };
  return { text: DEFAULT_RANGE, asked: { last_days: 30 } };
}

export const readCompare = (text: string | null) =>
  text && (text === 'none' || readDates(text)) ? text : 'previous';

function asksCompare(text: string) {
  if (text === 'previous') return 'previous' as const;
  const dates = readDates(text);
  return dates ? { range: dates } : undefined;
}

/** Two days, of which one may be left out; null where they are no days, or the first is after the last. */
function readDates(text: string | null): { from?: string; to?: string } | null {
  const [, from, to] = DATES.exec(text ?? '') ?? [];
  if ((!from && !to) || (from && to && from > to)) return null;
  if (![from, to].every((date) => !date || isDay(date))) return null;
  return { ...(from && { from }), ...(to && { to }) };
}

/** Whether the calendar has it: no 30 February. */
const isDay = (date: string) => {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
};

/** A zone that the browser knows, or none. */
function readZone(text: string | null): string {
  try {
    return text ? new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone : '';
  } catch {
    return '';
  }
}

function readWhere(text: string | null): Conditions | null {
  if (!text) return null;
  try {
    const read: unknown = JSON.parse(text);
    return read && typeof read === 'object' && !Array.isArray(read) ? (read as Conditions) : null;
  } catch {
    return null;
  }
}

export const view = new View();
