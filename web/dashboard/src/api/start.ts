// What a new site needs: its first goals, as what was seen suggests them.

import { request } from './client';
import type { Goal, Page } from './types';

export interface Suggestion {
  goal: Goal;
  reason: string;
  /** Events that it would match. */
  events: number;
  likely_headline: boolean;
}

const site = (name: string) => `/sites/${encodeURIComponent(name)}`;

export const getSuggestions = (name: string, signal?: AbortSignal) =>
  request<Page<Suggestion>>('GET', `${site(name)}/suggestions`, { signal });

/** A goal to make; its version is the server's. */
export type NewGoal = Omit<Goal, 'version' | 'counting'> & { counting?: string };

export const makeGoal = (name: string, goal: NewGoal) =>
  request<unknown>('PUT', `${site(name)}/goals/${encodeURIComponent(goal.name)}`, { body: goal });
