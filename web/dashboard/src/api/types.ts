// Short names for what the API says and takes. `schema.ts` is generated from the server's OpenAPI document
// (`npm run types`); what is spelt out here is not in it yet. It knows no page.
// Times are RFC 3339 with offset, lengths ms, amounts minor units. What does not exist is null or left out.

import type { components } from './schema';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type GoalRole = Schemas['GoalRole'];
export type Base = 'visitor' | 'session' | 'user' | 'event';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export type Session = Schemas['SessionInfo'];
export type SiteSummary = Schemas['SiteItem'];

export interface Site {
  name: string;
  timezone: string;
  session_gap_ms: number;
  hosts: string[];
  collect: { query_params: string[]; internal: string[]; payment_hosts: string[] };
  snippet: string;
  first_event: string | null;
  last_event: string | null;
  events: number;
  retention_months: number | null;
}

export type Interval = Schemas['Interval'];
/** A share with its counts; `share` and `interval` are null without units. */
export type Rate = Schemas['RateResult'];

export type Verdict = 'up' | 'down' | 'too_close' | 'too_few';

/** How a rate moved between two periods; `needed` is units a period that would show a change of this size. */
export interface Change {
  difference: { value: number; interval: Interval } | null;
  verdict: Verdict;
  needed: number | null;
}

export type Value = Schemas['ValueResult'];

export interface GoalResult {
  name: string;
  version: number | null;
  role: GoalRole | null;
  headline: boolean;
  counting: string;
  conversions: number;
  repeats_removed: number;
  without_key: number;
  unattributed: number;
  rates: Partial<Record<Base, Rate>>;
  value: Value[];
  change?: Partial<Record<Base, Change>>;
  then_headline?: Rate | null;
}

export interface Total {
  events: number;
  visitors: number;
  sessions: number;
  users: number;
  goals: GoalResult[];
}

export interface Day {
  date: string;
  partial: boolean;
  events: number;
  visitors: number;
  sessions: number;
  conversions: Record<string, number>;
  rates?: Record<string, Rate>;
}

export type Notice = Schemas['Notice'];
export type RangeResult = Schemas['RangeResult'];

/** What every answer rests on. */
export interface Grounds {
  site: string;
  range: RangeResult;
  identities: string[];
  left_out: { tagged_events: number };
  goals: { name: string; version: number | null }[];
  warnings: Notice[];
  /** Small groups were merged into `(other)`. */
  suppressed?: boolean;
}

export interface Overview extends Grounds {
  total: Total;
  days?: Day[];
  previous?: { range: RangeResult; total: Total; days?: Day[] } | null;
}

/** An event as it is listed: it says nothing of whose it is. */
export interface EventRow {
  time: string;
  name?: string | null;
  host?: string | null;
  path?: string | null;
  channel?: string | null;
  source?: string | null;
  country?: string | null;
  device?: string | null;
  value?: number | null;
  currency?: string | null;
  verified: boolean;
  tag?: string | null;
  counted: boolean;
  reason?: 'repeat_in_session' | 'repeat_of_visitor' | 'repeat_of_order' | null;
  attributed: boolean;
}

export interface Events extends Grounds {
  matched: number;
  counted: number;
  rows: EventRow[];
  next?: string | null;
  /** Single events are not shown to those who see no small groups. */
  hidden?: boolean;
}

export type Bucket = Schemas['BucketResult'];
export type Breakdown = Grounds & Schemas['BreakdownResult'];

export type Times = Schemas['TimesResult'];
export type FunnelStep = Schemas['StepResult'];
export type FunnelAnswer = Grounds & Schemas['FunnelResult'];

/** By column: a text (with `*`), a list of texts, or an object of tests. */
export type Conditions = Schemas['Conditions'];
export type Filter = Schemas['Filter'];
/** What a question is about. */
export type Over = Schemas['Over'];

export interface OverviewQuestion {
  goals?: string[];
  days?: boolean;
  then?: boolean;
  compare?: 'previous' | { range: { from?: string; to?: string } };
  over?: Over;
}

export type BreakdownQuestion = Schemas['BreakdownQuery'];

export interface Goal {
  name: string;
  version: number;
  role: GoalRole;
  headline: boolean;
  event?: string | string[];
  where?: Conditions;
  duration_ms?: number;
  pages?: number;
  counting: string;
  value?: { amount: number; currency: string } | 'from_event';
}

export interface Definitions {
  goals: Goal[];
  funnels: ({ name: string; version: number } & Record<string, unknown>)[];
  etag: string;
}

export interface Lint {
  severity?: string;
  code?: string;
  subject?: string;
  message: string;
  hint?: string;
}

export interface Note {
  id: number;
  date: string;
  text: string;
}

export interface Segment {
  name: string;
  filter: Filter;
}

export interface DefinitionChange {
  at: string;
  by?: string | null;
  subject: string;
  name: string;
  action: string;
  version?: number | null;
}

export interface NameSeen {
  name: string;
  events: number;
}
