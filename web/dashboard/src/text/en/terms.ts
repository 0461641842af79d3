// The terms of the field, the same on every page: units, roles, rules of counting, dimensions.

import { counted } from '../intl';

export const terms = {
  visitors: (n: number) => counted(n, { one: 'visitor', other: 'visitors' }),
  sessions: (n: number) => counted(n, { one: 'session', other: 'sessions' }),
  events: (n: number) => counted(n, { one: 'event', other: 'events' }),
  conversions: (n: number) => counted(n, { one: 'conversion', other: 'conversions' }),
  goals: (n: number) => counted(n, { one: 'goal', other: 'goals' }),
  months: (n: number) => counted(n, { one: 'month', other: 'months' }),

  /** What a rate is a share of. */
  bases: { visitor: 'visitors', session: 'sessions', user: 'users', event: 'events' },
  /** The same as the titles of columns. */
  units: { visitor: 'Visitors', session: 'Sessions', user: 'Users', event: 'Events' },
  entries: 'attempts',

  roles: { macro: 'Macro conversion', milestone: 'Milestone', secondary: 'Secondary action' },
  headline: 'headline',
  /** Goals of a role beside the headline, on the overview and in the list of goals. */
  groups: {
    milestone: { title: 'Milestones', tag: 'steps toward the headline', what: 'Milestone' },
    secondary: { title: 'Secondary actions', tag: 'signs of interest', what: 'Action' },
    macro: { title: 'Other macro conversions', tag: 'beside the headline', what: 'Goal' },
  },

  /** How a goal counts, by its rule. */
  counting: {
    every: 'every time',
    once_per_session: 'once per session',
    once_per_visitor: 'once per visitor',
    once_per_key: 'once per order',
  },

  /** Said to those who may not see small groups. */
  smallGroups: 'Groups of fewer than 10 visitors are not shown separately.',
  smallGroupsInOther: 'Groups of fewer than 10 visitors are combined in (other).',

  /** Why a matching event did not count, by the API's reason. */
  fates: {
    repeat_in_session: 'repeated in the same session',
    repeat_of_visitor: 'repeated by the same visitor',
    repeat_of_order: 'order already counted',
  },
  notCounted: 'not counted',

  /** Changes of goals, funnels and settings. */
  changes: {
    many: (n: number) => `${counted(n, { one: 'change', other: 'changes' })} to goals, funnels or settings`,
    /** By what was changed, and how. */
    one: {
      goal: {
        added: (name: string) => `Goal “${name}” added`,
        changed: (name: string) => `Goal “${name}” changed`,
        retired: (name: string) => `Goal “${name}” deleted`,
        revived: (name: string) => `Goal “${name}” restored`,
      },
      funnel: {
        added: (name: string) => `Funnel “${name}” added`,
        changed: (name: string) => `Funnel “${name}” changed`,
        retired: (name: string) => `Funnel “${name}” deleted`,
        revived: (name: string) => `Funnel “${name}” restored`,
      },
      site: {
        added: (name: string) => `Site “${name}” added`,
        changed: (name: string) => `Settings of “${name}” changed`,
        retired: (name: string) => `Site “${name}” deleted`,
        revived: (name: string) => `Site “${name}” restored`,
      },
    },
  },

  dimensions: {
    channel: 'Channel',
    source: 'Source',
    medium: 'Medium',
    campaign: 'Campaign',
    path: 'Page',
    referrer: 'Referrer',
    country: 'Country',
    device: 'Device',
    browser: 'Browser',
    os: 'Operating system',
    host: 'Hostname',
    event: 'Event',
  },
  property: (name: string) => `Property “${name}”`,
};
