// Goals and funnels: their endpoints, and how they look on the wire. It knows no page.

import { request } from './client';
import type { components } from './schema';
import type { CompareTo, FunnelAnswer, Goal, Over, Page } from './types';

type Schemas = components['schemas'];

/** What a step or an exclusion looks for. */
export type StepTable = Schemas['StepTable'];
/** A funnel's steps and choices, without what it is about. */
export type FunnelForm = Omit<Schemas['Funnel'], 'name' | 'version'>;
export type SavedFunnel = Schemas['Funnel'];

/** A goal without what the server decides. How often it counts goes by its role unless it is said. */
export type GoalForm = Omit<Goal, 'version'>;

/** What a goal would have counted. `examples` are matching events, newest first. */
export type GoalPreview = Schemas['Preview'];
export type GoalVersion = Schemas['GoalVersionJson'];
export type FunnelVersion = Schemas['FunnelVersionJson'];
export type Suggestion = Schemas['SuggestionJson'];
/** What a change of definitions did, or would do. */
export type Edited = Schemas['Edited'];
export type TomlError = Schemas['PointedError'];

export interface DropOff {
  /** The step's label. */
  step: string;
  count: string;
  lost: number;
  left: number;
  next: { label: string; event?: string | null; path?: string | null; units: number }[];
  others: number;
  suppressed?: boolean;
}

const site = (name: string) => `/sites/${encodeURIComponent(name)}`;
const one = (name: string, kind: 'goals' | 'funnels', which: string) =>
  `${site(name)}/${kind}/${encodeURIComponent(which)}`;

export const putGoal = (name: string, which: string, body: GoalForm, ifMatch?: string) =>
  request<Edited>('PUT', one(name, 'goals', which), { body, ifMatch });
export const removeGoal = (name: string, which: string, ifMatch?: string) =>
  request<Edited>('DELETE', one(name, 'goals', which), { ifMatch });
export const getGoalVersions = (name: string, which: string, signal?: AbortSignal) =>
  request<Page<GoalVersion>>('GET', `${one(name, 'goals', which)}/versions`, { signal });
export const previewGoal = (
  name: string,
  body: { goal: GoalForm; range?: Over['range'] },
  signal?: AbortSignal,
) => request<GoalPreview>('POST', `${site(name)}/goals/preview`, { body, signal });

export const putFunnel = (
  name: string,
  which: string,
  body: FunnelForm & { name: string },
  ifMatch?: string,
) => request<Edited>('PUT', one(name, 'funnels', which), { body, ifMatch });
export const removeFunnel = (name: string, which: string, ifMatch?: string) =>
  request<Edited>('DELETE', one(name, 'funnels', which), { ifMatch });
export const getFunnelVersions = (name: string, which: string, signal?: AbortSignal) =>
  request<Page<FunnelVersion>>('GET', `${one(name, 'funnels', which)}/versions`, { signal });

export const getSuggestions = (name: string, signal?: AbortSignal) =>
  request<Page<Suggestion>>('GET', `${site(name)}/suggestions`, { signal });

export const getToml = (name: string, signal?: AbortSignal) =>
  request<string>('GET', `${site(name)}/definitions.toml`, { signal });
/** Says what a file would change; with `apply` it does so. */
export const putToml = (
  name: string,
  text: string,
  { apply = false, ifMatch }: { apply?: boolean; ifMatch?: string } = {},
) =>
  request<Edited>('PUT', `${site(name)}/definitions.toml`, {
    body: text,
    params: { dry_run: apply ? undefined : true },
    ifMatch,
  });

const ask = <A>(name: string, body: object, signal?: AbortSignal) =>
  request<A>('POST', `${site(name)}/query`, { body, signal });
export const askFunnel = (
  name: string,
  funnel: (FunnelForm | { name: string }) & { over?: Over; compare?: CompareTo },
  signal?: AbortSignal,
) => ask<FunnelAnswer>(name, { funnel }, signal);
export const askDropOff = (
  name: string,
  dropOff: { funnel: (FunnelForm | { name: string }) & { over?: Over }; after: number; top?: number },
  signal?: AbortSignal,
) => ask<DropOff>(name, { drop_off: dropOff }, signal);
