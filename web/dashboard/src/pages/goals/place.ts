// Addresses of the goals page: the list, one goal, a new one.

import { router } from '../../lib/router.svelte';
import type { GoalForm } from '../../api/definitions';

const OWN = ['goal', 'new'];

/** The list, or a goal, with the view kept. */
export function hrefOf(goal: string): string {
  const url = new URL(router.url);
  OWN.forEach((name) => url.searchParams.delete(name));
  if (goal) url.searchParams.set('goal', goal);
  return url.pathname + url.search;
}

/** A new goal, begun with what is known of it. */
export function hrefOfNew(start?: Partial<GoalForm>): string {
  const url = new URL(hrefOf(''), router.url);
  url.searchParams.set('new', start ? JSON.stringify(start) : '1');
  return url.pathname + url.search;
}

/** What a new goal begins with; null where none is begun. */
export function startOf(text: string | null): Partial<GoalForm> | null {
  if (text === null) return null;
  try {
    const start: unknown = JSON.parse(text);
    return start && typeof start === 'object' && !Array.isArray(start) ? start : {};
  } catch {
    return {};
  }
}
