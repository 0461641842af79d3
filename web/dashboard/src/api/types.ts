// What the API says and takes, by hand until all of it is in the generated `schema.ts`. It knows no page.
// Times are RFC 3339 with offset, lengths ms, amounts minor units.

export type Role = 'owner' | 'editor' | 'viewer';
export type GoalRole = 'macro' | 'milestone' | 'secondary';
export type Base = 'visitor' | 'session' | 'user' | 'event';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Session {
  state: 'setup' | 'signed_out' | 'signed_in';
  account: { id: string; email: string; name: string; has_totp: boolean; is_owner: boolean } | null;
  csrf: string | null;
  sites: { name: string; role: Role }[];
  oidc: { name: string } | null;
  mail: boolean;
  demo: { email: string; password: string } | null;
  version: string;
}

export interface SiteSummary {
  name: string;
  timezone: string;
  role: Role;
  headline: string | null;
  first_event: string | null;
  last_event: string | null;
}

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

export interface Interval {
  low: number;
  high: number;
  confidence: number;
}

/** A share with its counts; `share` and `interval` are null without units. */
export interface Rate {
  numerator: number;
  denominator: number;
  base: string;
  share: number | null;
  interval: Interval | null;
  low_n: boolean;
}

export type Verdict = 'up' | 'down' | 'too_close' | 'too_few';

/** How a rate moved between two periods; `needed` is units a period that would show a change of this size. */
export interface Change {
  difference: { value: number; interval: Interval } | null;
  verdict: Verdict;
  needed: number | null;
}

export interface Value {
  currency: string;
  gross: number;
  verified: number;
  refunds: number;
  net: number;
}

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

export interface Notice {
  message: string;
  hint?: string;
}

export interface RangeResult {
  from: string;
  to: string;
  timezone: string;
}

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

export interface Bucket {
  value: string;
  units: number;
  goals: { name: string; conversions: number; rate?: Rate; gross: Record<string, number> }[];
}

export interface Breakdown extends Grounds {
  by: string;
  rule: string;
  buckets: Bucket[];
  others: number;
}

export interface Times {
  p25: number;
  p50: number;
  p75: number;
  p95: number;
}

export interface FunnelStep {
  label: string;
  goal: { name: string; version: number | null } | null;
  reached: number;
  entered: number;
  share_of_first: Rate | null;
  share_of_previous: Rate | null;
  lost: number;
  in_progress: number;
  not_reached: number;
  skipped: number;
  time_from_previous: Times | null;
  value: Record<string, number>;
}

export interface FunnelAnswer extends Grounds {
  funnel: { name: string; version: number | null } | null;
  count: string;
  units: number;
  steps: FunnelStep[];
  optional: {
    label: string;
    used: number;
    used_completed: number;
    unused: number;
    unused_completed: number;
  }[];
}

/** What a text must be like: a text (with `*`), a list of texts, or an object of tests. */
export type Test = string | string[] | Record<string, unknown>;
export type Conditions = Record<string, Test | Conditions[]>;

export interface Filter {
  where?: Conditions;
  touch?: 'first' | 'last';
  select?: 'visitors' | 'sessions';
}

/** What a question is about. */
export interface Over {
  range?: { from?: string; to?: string; last_days?: number };
  filter?: Filter;
  include_tagged?: boolean;
}

export interface OverviewQuestion {
  goals?: string[];
  days?: boolean;
  then?: boolean;
  compare?: 'previous' | { range: { from?: string; to?: string } };
  over?: Over;
}

export interface BreakdownQuestion {
  by: string;
  goals?: string[];
  unit?: 'visitor' | 'session' | 'event';
  touch?: 'first' | 'last';
  top?: number;
  over?: Over;
}

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
  id: string;
  date: string;
  text: string;
}

export interface Segment {
  name: string;
  filter: Filter;
}

export interface DefinitionChange {
  at: string;
  by: string;
  subject: string;
  name: string;
  action: string;
  version: number | null;
}

export interface NameSeen {
  name: string;
  events: number;
}
