// Questions about journeys: paths, exits, sequences. What they mean is in `docs/query-json.md`.

import { request } from './client';
import type { Grounds, Interval, Over, Rate } from './types';

export type PathBy = 'page' | 'event' | 'goal';
export type NodeKind = 'goal' | 'place' | 'other' | 'start' | 'end';
/** Minor units by currency. */
export type Gross = Record<string, number>;

export interface PathNode {
  id: string;
  /** 0 is the goal, -1 the step before, 1 the step after. */
  step: number;
  kind: NodeKind;
  label: string;
  sessions: number;
  gross: Gross;
}

export interface PathLink {
  /** The earlier place, then the later. */
  from: string;
  to: string;
  sessions: number;
  gross: Gross;
}

export interface Paths extends Grounds {
  by: PathBy;
  /** Sessions with the goal. */
  units: number;
  gross: Gross;
  /** The goal whose conversions the value is of. */
  worth_of: { name: string; version: number | null } | null;
  nodes: PathNode[];
  links: PathLink[];
}

export interface Exits extends Grounds {
  sessions: number;
  in_progress: number;
  items: { path: string; exits: number; views_sessions: number; rate: Rate }[];
  others: number;
  other_exits: number;
}

export interface Sequence {
  sequence: string[];
  converters: Rate;
  others: Rate;
  difference: { value: number; interval: Interval } | null;
}

export interface Sequences extends Grounds {
  by: PathBy;
  converters: number;
  others: number;
  items: Sequence[];
  too_few: number;
}

const ask = <A>(site: string, body: object, signal?: AbortSignal) =>
  request<A>('POST', `/sites/${encodeURIComponent(site)}/query`, { body, signal });

export const askPaths = (
  site: string,
  paths: { to?: string; from?: string; by: PathBy; depth: number; top?: number; over?: Over },
  signal?: AbortSignal,
) => ask<Paths>(site, { paths }, signal);
export const askExits = (
  site: string,
  exits: { goal?: string; top?: number; over?: Over },
  signal?: AbortSignal,
) => ask<Exits>(site, { exits }, signal);
export const askSequences = (
  site: string,
  sequences: { goal: string; by?: PathBy; length?: number; top?: number; over?: Over },
  signal?: AbortSignal,
) => ask<Sequences>(site, { sequences }, signal);
