// Words of journeys: places, steps, values.

import type { Gross, PathBy, PathNode, Paths } from '../../api/journeys';
import { count, counted, money, percent } from '../../lib/format';

export const BY_WORDS: Record<PathBy, string> = { page: 'pages', event: 'events', goal: 'goals' };

/** What a place is called. */
export function nodeName({ kind, label }: PathNode): string {
  if (kind === 'start') return 'session start';
  if (kind === 'end') return 'session end';
  return kind === 'other' ? 'other places' : label;
}

/** `2 steps before`, `the step after`. */
export function stepWords(step: number): string {
  if (step === 0) return 'the goal';
  const side = step < 0 ? 'before' : 'after';
  return Math.abs(step) === 1 ? `the step ${side}` : `${Math.abs(step)} steps ${side}`;
}

export const grossWords = (gross: Gross) =>
  Object.entries(gross)
    .map(([currency, amount]) => money(amount, currency))
    .join(', ');

/** A part of the whole: `12 %`, `<1 %`; nothing where there is no whole. */
export function part(of: number, whole: number | undefined): string {
  if (!whole) return '';
  const share = of / whole;
  return share > 0 && share < 0.01 ? `<${percent(0.01, 0)}` : percent(share, 0);
}

/** The parts of the value, by currency. */
export const grossParts = (gross: Gross, whole: Gross) =>
  Object.entries(gross)
    .map(([currency, amount]) => `${money(amount, currency)} (${part(amount, whole[currency])})`)
    .join(', ');

/** A place in full, line by line. */
export function nodeLines(node: PathNode, paths: Paths): string[] {
  const sessions = `${count(node.sessions)} of ${counted(paths.units, 'session')} (${part(node.sessions, paths.units)})`;
  const worth = grossParts(node.gross, paths.gross);
  return [nodeName(node), stepWords(node.step), sessions, ...(worth ? [`${worth} of the value`] : [])];
}
