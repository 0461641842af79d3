// Words of journeys: places, steps, values.

import type { Gross, PathNode, Paths } from '../../api/journeys';
import { money, percent } from '../../lib/format';
import { t } from '../../text';

/** What a place is called. */
export function nodeName({ kind, label }: PathNode): string {
  const { start, end, other } = t.journeys.nodes;
  return { start, end, other }[kind as string] ?? label;
}

/** `2 steps before`, `1 step after`. */
export function stepWords(step: number): string {
  const words = t.journeys.step;
  return step === 0 ? words.goal : step < 0 ? words.before(-step) : words.after(step);
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
  const sessions = t.journeys.sessions(node.sessions, paths.units, part(node.sessions, paths.units));
  const worth = grossParts(node.gross, paths.gross);
  return [nodeName(node), stepWords(node.step), sessions, ...(worth ? [t.journeys.value(worth)] : [])];
}
