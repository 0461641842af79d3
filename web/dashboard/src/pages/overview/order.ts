// Milestones in the order of the funnel that leads to the headline.

import type { Definitions, GoalResult } from '../../api';

type Funnel = Definitions['funnels'][number];

/** The goals that a funnel's steps name. */
function steps(funnel: Funnel): string[] {
  const given = Array.isArray(funnel.steps) ? (funnel.steps as unknown[]) : [];
  return given.flatMap((step) => {
    if (typeof step === 'string') return [step];
    const { goal, name } = (step ?? {}) as { goal?: unknown; name?: unknown };
    return [goal ?? name].filter((found) => typeof found === 'string');
  });
}

/** Sorted by the place in the longest funnel that contains the headline (else in any); the others follow as they are. */
export function inFunnelOrder(
  goals: GoalResult[],
  headline: string | undefined,
  funnels: Funnel[],
): GoalResult[] {
  const known = funnels.map(steps);
  const toHeadline = known.filter((names) => headline !== undefined && names.includes(headline));
  const longest =
    (toHeadline.length ? toHeadline : known).toSorted((one, other) => other.length - one.length)[0] ?? [];
  const place = ({ name }: GoalResult) => (longest.includes(name) ? longest.indexOf(name) : longest.length);
  return goals.toSorted((one, other) => place(one) - place(other));
}
