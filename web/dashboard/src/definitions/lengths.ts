// Lengths of time as definitions write them (`1h30m`), as a number of one unit, and in words. It knows no page.

export type LengthUnit = 's' | 'm' | 'h' | 'd';

export const UNITS: { value: LengthUnit; label: string; ms: number }[] = [
  { value: 's', label: 'seconds', ms: 1000 },
  { value: 'm', label: 'minutes', ms: 60_000 },
  { value: 'h', label: 'hours', ms: 3_600_000 },
  { value: 'd', label: 'days', ms: 86_400_000 },
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
  if (!parts) return text;
  const { label } = UNITS.find(({ value }) => value === parts.unit)!;
  return `${parts.number} ${parts.number === 1 ? label.slice(0, -1) : label}`;
}

/** The other way round, of milliseconds: `90000` → `90s`. */
export function lengthText(ms: number): string {
  const unit = UNITS.findLast((known) => ms % known.ms === 0 && ms >= known.ms);
  return unit ? `${ms / unit.ms}${unit.value}` : `${ms}ms`;
}
