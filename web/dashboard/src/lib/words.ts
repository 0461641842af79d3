// The plain words for bases, verdicts, roles and dimensions: one place, so that all pages say the same.

import type { Base, Change, GoalRole, Rate, Verdict } from '../api';
import { count, day, interval, isFlat, percent, roughly } from './format';

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

/** Units from which on none or all of them is no lack of data; the server's rule of `low_n`. */
const MANY = 30;

/** What a rate's figure can bear: comparison, or nothing yet, or it is simply none (or all) of many. */
export function weight(rate: Rate): 'sound' | 'little' | 'plain' {
  if (!rate.low_n || rate.share == null) return 'sound';
  const isPlain = rate.numerator === 0 || rate.numerator === rate.denominator;
  return isPlain && rate.denominator >= MANY ? 'plain' : 'little';
}

/** The mark beside a figure of little data. */
export const LITTLE = 'little data';

/** Lines as sentences, for screen readers. */
export const sentences = (lines: string[]) =>
  lines.map((line) => (/[.!?]$/.test(line) ? line : `${line}.`)).join(' ');

/** What stands behind a rate, line by line. */
export function grounds(rate: Rate): string[] {
  const lines = [ofWhom(rate)];
  if (rate.share == null) return [...lines, 'Nobody to count yet, so there is no rate.'];
  if (weight(rate) === 'little') lines.push('Little data: too early to compare it with others.');
  if (rate.interval) {
    const level = count(rate.interval.confidence * 100);
    lines.push(`The true rate lies between ${interval(rate.interval)}\u202f% (${level}\u202f% interval).`);
  }
  return lines;
}

/** The same for screen readers. */
export const rateSpoken = (rate: Rate) => sentences([percent(rate.share), ...grounds(rate)]);

const VERDICTS: Record<Verdict, string> = {
  up: 'Up',
  down: 'Down',
  too_close: 'Too close to tell',
  no_change: 'No change',
  too_few: 'Too little data to tell',
};

/** As many times the present traffic as nobody waits for. */
const BEYOND_REACH = 100;

/** A change in plain words: the verdict, and what it means. `present` is how many units there are now. */
export function verdict(change: Change, base: string, present = 0): { short: string; more: string } {
  const units = baseWords(base);
  if (!change.difference)
    return { short: 'Nothing to compare with yet', more: `one of the periods had no ${units}` };
  if (change.verdict === 'too_close' && isFlat(change.difference))
    return { short: 'No change', more: 'both periods are alike' };
  const isInReach = !!change.needed && change.needed <= BEYOND_REACH * present;
  const needed =
    isInReach && `about ${roughly(change.needed!)} ${units} in each period would show a change of this size`;
  const more: Record<Verdict, string> = {
    up: 'this is very unlikely to be chance',
    down: 'this is very unlikely to be chance',
    too_close: needed || 'the difference could be chance',
    no_change: 'both periods are alike',
    too_few: needed || 'wait until more has happened',
  };
  return { short: VERDICTS[change.verdict], more: more[change.verdict] };
}

/** What stands for a number of visitors that is too small to be shown to whoever looks. */
export const FEW = '< 10';

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

/** A message as a sentence: it begins with a capital letter and ends with a full stop. */
export const sentence = (text: string) => {
  const trimmed = text.trim();
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
};

/** A message of the API with its names in quotation marks instead of backticks, and of its moments the days. */
export const quoted = (text: string) =>
  text
    .replace(/`([^`]*)`/g, '“$1”')
    .replace(/\b(\d{4}-\d\d-\d\d)T[\d:.]+(Z|[+-]\d\d:\d\d)/g, (_, date: string) => day(date, 'long'));
