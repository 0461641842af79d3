// Chooses the words of the catalogue for what the API says: bases, verdicts, rules, dimensions, messages.

import type { Change, DefinitionChange, Rate, Verdict } from '../api';
import { t } from '../text';
import { count, day, intervalPercent, isFlat, percent, roughly } from './format';

/** Texts by a code of the API, which may have codes that are not known here. */
const byCode = (texts: Record<string, string>, code: string | null | undefined): string | undefined =>
  texts[code ?? ''];

/** How a goal counts, by its rule's name. */
export const countingWords = (rule: string | null | undefined) =>
  byCode(t.terms.counting, rule) ?? rule ?? '';

/** Why a matching event did not count. */
export const fateWords = (reason: string | null | undefined) =>
  byCode(t.terms.fates, reason) ?? t.terms.notCounted;

/** A base of the API in the plural: `session that saw the page` → `sessions that …`; `visitors at step 1` stays. */
export const baseWords = (base: string) =>
  base === 'total' ? t.terms.entries : base.replace(/^(visitor|session|user|event|pair|exposure)\b/, '$1s');

/** `193 of 4,504 visitors`. */
export const ofWhom = (rate: Rate) =>
  t.rates.ofUnits(count(rate.numerator), count(rate.denominator), baseWords(rate.base));

/** Units from which on none or all of them is no lack of data; the server's rule of `low_n`. */
const MANY = 30;

/** What a rate's figure can bear: comparison, or nothing yet, or it is simply none (or all) of many. */
export function weight(rate: Rate): 'sound' | 'little' | 'plain' {
  if (!rate.low_n || rate.share == null) return 'sound';
  const isPlain = rate.numerator === 0 || rate.numerator === rate.denominator;
  return isPlain && rate.denominator >= MANY ? 'plain' : 'little';
}

/** Lines as sentences, for screen readers. */
export const sentences = (lines: string[]) =>
  lines.map((line) => (/[.!?]$/.test(line) ? line : `${line}.`)).join(' ');

/** What stands behind a rate, line by line. */
export function grounds(rate: Rate): string[] {
  const lines = [ofWhom(rate)];
  if (rate.share == null) return [...lines, t.rates.none];
  if (weight(rate) === 'little') lines.push(t.rates.littleMore);
  if (rate.interval) {
    const level = percent(rate.interval.confidence, 0);
    lines.push(t.rates.interval(intervalPercent(rate.interval), level));
  }
  return lines;
}

/** The same for screen readers. */
export const rateSpoken = (rate: Rate) => sentences([percent(rate.share), ...grounds(rate)]);

/** As many times the present traffic as nobody waits for. */
const BEYOND_REACH = 100;

/** A change in plain words: the verdict, and what it means. `present` is how many units there are now. */
export function verdict(change: Change, base: string, present = 0): { short: string; more: string } {
  const units = baseWords(base);
  const words = t.rates;
  if (!change.difference) return { short: words.noComparison, more: words.emptyPeriod(units) };
  if (change.verdict === 'too_close' && isFlat(change.difference))
    return { short: words.verdicts.no_change, more: words.alike };
  const isInReach = !!change.needed && change.needed <= BEYOND_REACH * present;
  const needed = isInReach && words.needed(roughly(change.needed!), units);
  const more: Record<Verdict, string> = {
    up: words.unlikelyChance,
    down: words.unlikelyChance,
    too_close: needed || words.maybeChance,
    no_change: words.alike,
    too_few: needed || words.waitForMore,
  };
  return { short: words.verdicts[change.verdict], more: more[change.verdict] };
}

/** What stands for a number of visitors that is too small to be shown to whoever looks. */
export const FEW = '< 10';

/** A change of a definition: `Goal “purchase” added`. */
export function changeWords({ subject, name, action }: Omit<DefinitionChange, 'at' | 'by'>): string {
  const texts: Record<string, Record<string, (name: string) => string> | undefined> = t.terms.changes.one;
  return texts[subject]?.[action]?.(name) ?? t.terms.changes.many(1);
}

/** What units can be told apart by, for filters and breakdowns. */
export const dimension = (key: string) =>
  byCode(t.terms.dimensions, key) ?? (key.startsWith('prop.') ? t.terms.property(key.slice(5)) : key);

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
