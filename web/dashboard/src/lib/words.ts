// The plain words for bases, verdicts, roles and dimensions: one place, so that all pages say the same.

import type { Base, Change, GoalRole, Rate, Verdict } from '../api';
import { count, day, interval, percent, roughly } from './format';

export const BASE_WORDS: Record<Base, string> = {
  visitor: 'visitors',
  session: 'sessions',
  user: 'users',
  event: 'events',
};

export const ROLE_WORDS: Record<GoalRole, string> = {
  macro: 'Macro',
  milestone: 'Milestone',
  secondary: 'Secondary action',
};

/** How a goal counts, by its rule's name. */
const COUNTING: Record<string, string> = {
  every: 'every time',
  once_per_session: 'once per session',
  once_per_visitor: 'once per visitor',
  once_per_key: 'once per order',
};

export const countingWords = (rule: string | null | undefined) => COUNTING[rule ?? ''] ?? rule ?? '';

/** Why a matching event did not count. */
const FATES: Record<string, string> = {
  repeat_in_session: 'repeat in its session',
  repeat_of_visitor: 'repeat of its visitor',
  repeat_of_order: 'its order is counted already',
};

export const fateWords = (reason: string | null | undefined) => FATES[reason ?? ''] ?? 'not counted';

/** A base of the API in the plural: `session that saw the page` → `sessions that …`; `visitors at step 1` stays. */
export const baseWords = (base: string) =>
  base === 'total' ? 'entries' : base.replace(/^(visitor|session|user|event|pair|exposure)\b/, '$1s');

/** `193 of 4,504 visitors`. */
export const ofWhom = (rate: Rate) =>
  `${count(rate.numerator)} of ${count(rate.denominator)} ${baseWords(rate.base)}`;

/** What stands behind a rate, line by line. */
export function grounds(rate: Rate): string[] {
  const lines = [ofWhom(rate)];
  if (rate.share == null) return [...lines, 'Nobody to count yet: no rate.'];
  if (rate.low_n) lines.push(`Too few to rank: ${percent(rate.share)} so far.`);
  if (rate.interval) {
    const level = count(rate.interval.confidence * 100);
    lines.push(`The true rate lies between ${interval(rate.interval)}\u202f% (${level}\u202f% interval).`);
  }
  return lines;
}

/** The same as one sentence for screen readers. */
export const rateSpoken = (rate: Rate) =>
  `${rate.low_n || rate.share == null ? 'few' : percent(rate.share)}. ${grounds(rate).join('. ')}`;

const VERDICTS: Record<Verdict, string> = {
  up: 'Up',
  down: 'Down',
  too_close: 'Too close to tell',
  too_few: 'Too few to tell',
};

/** A change in plain words: the verdict, and what it means. */
export function verdict(change: Change, base: string): { short: string; more: string } {
  const units = baseWords(base);
  if (!change.difference)
    return { short: 'Nothing to compare with yet', more: `one of the periods had no ${units}` };
  const needed =
    change.needed && `about ${roughly(change.needed)} ${units} a period would show a change of this size`;
  const more: Record<Verdict, string> = {
    up: 'more than chance explains',
    down: 'more than chance explains',
    too_close: needed || 'the difference could be chance',
    too_few: needed || `wait for more ${units}`,
  };
  const short = change.verdict === 'too_few' ? `Too few ${units} to tell` : VERDICTS[change.verdict];
  return { short, more: more[change.verdict] };
}

/** What units can be told apart by, for filters and breakdowns. */
export const DIMENSIONS: Record<string, string> = {
  channel: 'Channel',
  source: 'Source',
  medium: 'Medium',
  campaign: 'Campaign',
  path: 'Page',
  referrer: 'Referrer',
  country: 'Country',
  device: 'Device',
  browser: 'Browser',
  os: 'System',
  host: 'Host',
  event: 'Event',
};

export const dimension = (key: string) =>
  DIMENSIONS[key] ?? (key.startsWith('prop.') ? `Property “${key.slice(5)}”` : key);

/** What a breakdown calls those without a value, and those of too many. */
export const NONE = '(none)';
export const OTHER = '(other)';

/** Whether a bucket is no value, and so no filter. */
export const isCollected = (bucket: string) => bucket === NONE || bucket === OTHER;

/** A message of the API with its names in quotation marks instead of backticks, and of its moments the days. */
export const quoted = (text: string) =>
  text
    .replace(/`([^`]*)`/g, '“$1”')
    .replace(/\b(\d{4}-\d\d-\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)/g, (_, date: string) => day(date, 'long'));
