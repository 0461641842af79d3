// Short names for what the API says and takes. `schema.ts` is generated from the server's OpenAPI document
// (`npm run types`). It knows no page.
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

export type Site = Schemas['Site'];

export type Interval = Schemas['Interval'];
/** A share with its counts; `share` and `interval` are null without units. */
export type Rate = Schemas['RateResult'];

export type Verdict = Schemas['Verdict'];

/** How a rate moved between two periods; `needed` is units a period that would show a change of this size. */
export type Change = Schemas['ChangeResult'];
export type CompareTo = Schemas['CompareTo'];

export type Value = Schemas['ValueResult'];

export type GoalResult = Schemas['GoalResult'];

export type Total = Schemas['TotalResult'];

export type Day = Schemas['DayResult'];

export type Notice = Schemas['Notice'];
export type RangeResult = Schemas['RangeResult'];

/** What every answer rests on. */
export type Grounds = Schemas['Provenance'] & {
  site: string;
  warnings: Notice[];
  /** Small groups were merged into `(other)`. */
  suppressed?: boolean;
};

export type Overview = Grounds & Schemas['OverviewResult'];

/** An event as it is listed: it says nothing of whose it is. */
export type EventRow = Schemas['EventRow'];

export type Events = Grounds &
  Schemas['EventsResult'] & {
    /** Single events are not shown to those who see no small groups. */
    hidden?: boolean;
  };

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

export type OverviewQuestion = Schemas['OverviewQuery'];

export type BreakdownQuestion = Schemas['BreakdownQuery'];

export type Goal = Schemas['Goal'];

export type Definitions = Schemas['DefinitionsJson'];

export type Lint = Schemas['Lint'];
/** A change of a goal that settles a remark. */
export type Mend = Lint['mends'][number];

export type Note = Schemas['Note'];

export type Segment = Schemas['Segment'];

export type DefinitionChange = Schemas['Change'];

export type NameSeen = Schemas['NameItem'];
