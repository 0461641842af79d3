// A funnel for each of the values of a dimension: the largest by the breakdown, then one question for each.

import { askBreakdown, type Conditions, type FunnelAnswer, type Over } from '../../api';
import { askFunnel, type FunnelForm } from '../../api/definitions';
import { isCollected, NONE, OTHER } from '../../lib/words';

export interface Group {
  /** The dimension. */
  by: string;
  value: string;
  answer: FunnelAnswer;
}

const MOST = 5;

/** The condition that selects a bucket; null where there is none for it. */
export function conditionOf(value: string, named: string[]): Record<string, unknown> | null {
  if (value === NONE) return { missing: true };
  if (value === OTHER) return named.length ? { not_in: named, present: true } : null;
  return { in: [value] };
}

/** The same question, of those alone whose deciding event has this value; null where the filter has that already. */
export function overValue(over: Over, by: string, condition: Conditions[string]): Over | null {
  const where = over.filter?.where ?? {};
  if (by in where) return null;
  return { ...over, filter: { ...over.filter, where: { ...where, [by]: condition } } };
}

/** The funnel of each value, the largest first. */
export async function askByValue(
  site: string,
  by: string,
  form: FunnelForm | { name: string },
  over: Over,
  signal: AbortSignal,
): Promise<Group[]> {
  const { buckets } = await askBreakdown(
    site,
    { by, goals: [], unit: 'visitor', touch: over.filter?.touch ?? 'first', top: MOST, over },
    signal,
  );
  const named = buckets.map(({ value }) => value).filter((value) => !isCollected(value));
  const groups = buckets.map(async ({ value }) => {
    const condition = conditionOf(value, named);
    const asked = condition && overValue(over, by, condition);
    return asked ? [{ by, value, answer: await askFunnel(site, { ...form, over: asked }, signal) }] : [];
  });
  return (await Promise.all(groups)).flat();
}
