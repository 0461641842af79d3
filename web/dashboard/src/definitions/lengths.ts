// Lengths of time as definitions write them (`1h30m`), as a number of one unit, and in words. It knows no page.

import { t } from '../text';

export type LengthUnit = 's' | 'm' | 'h' | 'd';

export const UNITS: { value: LengthUnit; ms: number }[] = [
  { value: 's', ms: 1000 },
  { value: 'm', ms: 60_000 },
  { value: 'h', ms: 3_600_000 },
  { value: 'd', ms: 86_400_000 },
];

const SIZES: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `1h30m`; null when it is no length. */
export function lengthMs(text: string): number | null {
  if (!/^(\d+(ms|[dhms]))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)(ms|[dhms])/g)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * SIZES[unit!]!, 0);
}

/** A length as a number of the largest unit that it is whole in. */
export function lengthParts(text: string): { number: number; unit: LengthUnit } | null {
  const ms = lengthMs(text);
  if (ms === null) return null;
  const unit = UNITS.findLast((known) => ms % known.ms === 0 && ms >= known.ms) ?? UNITS[0]!;
  return { number: ms / unit.ms, unit: unit.value };
}

/** `7 days`, `1 hour`. */
export function lengthWords(text: string): string {
  const parts = lengthParts(text);
  return parts ? t.definitions.lengths.inWords[parts.unit](parts.number) : text;
}

/** The other way round, of milliseconds: `90000` → `90s`. */
export function lengthText(ms: number): string {
  const unit = UNITS.findLast((known) => ms % known.ms === 0 && ms >= known.ms);
  return unit ? `${ms / unit.ms}${unit.value}` : `${ms}ms`;
}
