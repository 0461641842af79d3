// Numbers, shares, money, dates and lengths of time as people read them. It computes nothing but the form.

import { t } from '../text';
import { count, dates, numbers, signed } from '../text/intl';
import { locale } from '../text/locale';
import { decimals } from './currencies';

/** What stands for something that does not exist. */
export const NOTHING = '–';
const THIN = '\u202f';

export { count };

/** A number that is only roughly known: 20,921 → `21,000`. */
export const roughly = (value: number) => numbers({ maximumSignificantDigits: 2 }).format(value);

/** 1,234 → `1.2K`: for axes only. */
export const short = (value: number) =>
  numbers({ notation: 'compact', maximumFractionDigits: 1 }).format(value);

/** Digits after the point that a share deserves: more the smaller it is. */
const digitsOf = (share: number) =>
  Math.abs(share) >= 0.1 ? 1 : Math.abs(share) >= 0.001 || share === 0 ? 2 : 3;

/** Digits after the point that tell shares apart which are so far from each other. */
export const digitsFor = (step: number) =>
  Math.max(0, Math.min(4, -Math.floor(Math.log10(step * 100) + 1e-9) + (isWhole(step) ? 0 : 1)));

const isWhole = (step: number) => {
  const leading = (step * 100) / 10 ** Math.floor(Math.log10(step * 100) + 1e-9);
  return Math.abs(leading - Math.round(leading)) < 1e-6;
};

/** Digits for shares that stand in one column. */
export const digitsAmong = (shares: (number | null | undefined)[]) =>
  shares.some((share) => share && share < 0.01) ? 2 : 1;

const hundredfold = (share: number, digits: number, withSign = false) =>
  signed(share * 100, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: withSign ? 'exceptZero' : 'auto',
  });

/** `4.29 %`. */
export const percent = (share: number | null | undefined, digits?: number) =>
  share === null || share === undefined
    ? NOTHING
    : `${hundredfold(share, digits ?? digitsOf(share))}${THIN}%`;

/** `3.73–4.92`, in percent. */
export const interval = ({ low, high }: { low: number; high: number }, digits = digitsOf(high)) =>
  `${hundredfold(low, digits)}–${hundredfold(high, digits)}`;

/** `3.73–4.92 %`. */
export const intervalPercent = (between: { low: number; high: number }) => `${interval(between)}${THIN}%`;

/** Digits after the point that a difference deserves: as many as tell its interval's nearer bound from 0, 4 at most. */
export function pointsDigits({ low, high }: { low: number; high: number }, least = 2): number {
  const nearest = Math.min(Math.abs(low), Math.abs(high)) * 100;
  return nearest === 0 ? least : Math.max(least, Math.min(4, Math.ceil(-Math.log10(nearest) - 1e-9)));
}

/** Whether a difference is nothing at the digits that it is shown with. */
export const isFlat = ({ value, interval }: { value: number; interval: { low: number; high: number } }) =>
  !/[1-9]/.test(points(value, pointsDigits(interval)));

/** `+0.31`, in points of percent. */
export const points = (difference: number, digits = 2) => hundredfold(difference, digits, true);

/** `−0.51 … +1.13`, in points of percent. */
export const pointsInterval = ({ low, high }: { low: number; high: number }, digits = 2) =>
  `${points(low, digits)} … ${points(high, digits)}`;

/** Minor units in a currency; an unknown currency is written as it is, none is said. */
export function money(minor: number, currency: string, { whole = false } = {}): string {
  const amount = minor / 10 ** decimals(currency);
  const digits = whole ? 0 : decimals(currency);
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  try {
    return signed(amount, { style: 'currency', currency, ...fraction });
  } catch {
    return `${signed(amount, fraction)} ${currency || t.common.noCurrency}`;
  }
}

/** `4,504 visitors`, `1 visitor`: for pages whose texts are not in the catalogue yet. */
export const counted = (value: number, word: string, plural = `${word}s`) =>
  `${count(value)} ${value === 1 ? word : plural}`;

/** A date of the form `2026-03-01` in words; it is of no zone. */
export function day(date: string, style: 'short' | 'weekday' | 'long' = 'short'): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  const thisYear = at.getUTCFullYear() === new Date().getUTCFullYear();
  return dates({
    timeZone: 'UTC',
    day: 'numeric',
    month: style === 'long' ? 'long' : 'short',
    ...(style === 'weekday' && { weekday: 'short' }),
    ...((style === 'long' || !thisYear) && { year: 'numeric' }),
  }).format(at);
}

/** The date of a moment in a zone: `2026-03-01`. */
export const dateIn = (time: string, timeZone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(time));

/** The day of a moment in a zone, in words. */
export const dayIn = (time: string, timeZone: string, style?: Parameters<typeof day>[1]) =>
  day(dateIn(time, timeZone), style);

/** `1–30 Jun`: two dates, both included. */
export function days(from: string, to: string): string {
  const [start, end] = [from, to].map((date) => new Date(`${date}T00:00:00Z`));
  const options = { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' } as const;
  return dates(options).formatRange(start!, end!);
}

/** The days of a range as the API gives it: `to` is not included. */
export function range({ from, to, timezone }: { from: string; to: string; timezone: string }): string {
  const options = { timeZone: timezone, day: 'numeric', month: 'short', year: 'numeric' } as const;
  return dates(options).formatRange(new Date(from), new Date(Date.parse(to) - 1));
}

/** A moment in a zone: `12 Mar, 14:05`. */
export function moment(time: string, timeZone?: string, { seconds = false } = {}): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const thisYear = at.getFullYear() === new Date().getFullYear();
  return dates({
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds && { second: '2-digit' }),
    ...(!thisYear && { year: 'numeric' }),
  }).format(at);
}

/** How long ago that was, roughly. */
export function ago(time: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const found = units.find(([, size]) => Math.abs(seconds) >= size);
  return found ? words.format(Math.trunc(seconds / found[1]), found[0]) : t.common.justNow;
}

/** A length of time in at most two units: `6 min`, `1 h 20 min`, `3 d`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms}${THIN}ms`;
  const seconds = Math.round(ms / 1000);
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  const [name, size] = units[first]!;
  const whole = Math.floor(seconds / size);
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds - whole * size) / next[1]) : 0;
  return rest && whole < 10 ? `${whole}${THIN}${name} ${rest}${THIN}${next![0]}` : `${whole}${THIN}${name}`;
}
