// Texts of `src/pages/overview`.

import { count, counted } from '../intl';
import { terms } from './terms';

export const overview = {
  loading: 'Loading the headline',
  beside: 'About the numbers',

  headline: {
    rate: (goal: string) => `${goal}, conversion rate`,
    rates: (goal: string) => `Conversion rate of ${goal}`,
    tooEarly: 'Too early for a rate: <figure></figure>',
    tooEarlyOf: 'Too early for a rate: <figure></figure> ({counts})',
    now: 'now',
    previous: 'previous',
    notCompared: 'No comparison selected.',
    noPrevious: 'There is no data to compare with.',
    conversions: 'Conversions',
    showEvents: ': show the events',
    previousPeriod: (figure: string) => `Previous period: ${figure}`,
    revenue: 'Revenue after refunds',
    revenueIn: (currency: string) => `Revenue after refunds, ${currency}`,
    refunds: (gross: string, refunds: string) => `Gross ${gross}, refunds ${refunds}`,
    verified: (amount: string) => `${amount} confirmed by your server`,
    repeats: (n: number) => `${counted(n, { one: 'repeat', other: 'repeats' })} removed`,
    withoutKey: (n: number) => `${count(n)} without an order number`,
    withoutVisitor: (n: number) => `${count(n)} without a visitor`,
  },

  trend: {
    choose: 'Show in the chart',
    measures: { rate: 'Conversion rate', conversions: 'Conversions', visitors: 'Visitors' },
    titles: {
      rate: (goal: string) => `${goal}: conversion rate by day`,
      conversions: (goal: string) => `${goal}: conversions by day`,
      visitors: () => 'Visitors by day',
    },
    previous: 'Previous period',
    band: 'Share of visitors, with its 95 % confidence interval',
    dashed: 'Dashed line: previous period',
    incomplete: (figure: string) => `${figure}, day not complete`,
    rate: (share: string, interval: string, counts: string) => `${share} (${interval}; ${counts})`,
  },

  notes: {
    title: 'Notes and changes',
    day: 'Day of the note',
    text: 'Note',
    hint: 'What happened?',
    add: 'Add note',
    open: '+ Note',
    remove: (day: string) => `Delete the note of ${day}`,
  },
  goals: {
    rate: 'Rate, interval',
    change: 'Change',
    changeOf: (goal: string) => `${goal}, change`,
    then: (headline: string) => `Then ${headline}`,
    thenMore: (headline: string) => `Share of these visitors who then reached ${headline}`,
    thenOf: (goal: string, headline: string) => `${goal}, then ${headline}`,
  },

  breakdown: {
    title: (goal: string) => `${goal} by`,
    choose: 'Break down by',
    loading: 'Loading the breakdown',
    caption: (goal: string, dimension: string) => `${goal} by ${dimension}`,
    none: 'No visitors in this period.',
    conversions: 'Conversions',
    rate: 'Rate, interval',
    rateOf: (goal: string, value: string) => `${goal}, ${value}`,
    gross: 'Gross revenue',
    grossMore: 'Before refunds',
    only: 'Filter by this value',
    /** What decides the row, by what is counted. */
    rules: {
      visitor: 'Each visitor counts once, by their first event in this period.',
      session: 'Each session counts once, by its first event in this period.',
    },
    others: (n: number) => `(other) combines ${counted(n, { one: 'more value', other: 'more values' })}.`,
  },

  grounds: {
    title: 'About these numbers',
    period: 'Period',
    previous: 'Previous period',
    zone: 'Days in',
    times: 'Times in',
    total: 'Total',
    totals: (visitors: number, sessions: number, events: number) =>
      `${terms.visitors(visitors)}, ${terms.sessions(sessions)}, ${terms.events(events)}`,
    visitors: 'Visitors',
    /** How visitors were told apart. */
    identities: {
      audience: 'Without consent: recognised for one day only. Someone who comes on two days counts twice.',
      consented: 'With consent: recognised across days.',
      imported: 'Imported: as identified in the imported files.',
    },
    noIdentities: 'None',
    excluded: 'Excluded',
    excludedEvents: (n: number) => `${terms.events(n)} from bots, staff and tests`,
  },

  lints: {
    title: 'Warnings',
    loading: 'Loading the warnings',
    none: 'No warnings: nothing is counted twice, and nothing is unused.',
    toGoals: 'Go to goals',
  },

  empty: {
    noEvents: 'No events yet.',
    install:
      'Add the tracking code to your website, or import a file. New events appear here within a second.',
    getCode: 'Get the tracking code',
    watch: 'Watch live events',
    noHeadline: 'What counts as success on your website?',
    chooseHeadline:
      'Choose one macro conversion as the headline: an order, a booking, a donation. ' +
      'The reports then show how everything else leads to it.',
    askEditor: 'An editor of this site can choose it.',
    choose: 'Choose the headline',
    noVisitors: 'No visitors in this period.',
    noMatch: 'No visitors match this filter in this period.',
    events: (from: string, to: string) => `This site has events from ${from} to ${to}.`,
    noFilter: 'Remove the filter',
    lastDays: 'Show the last days with events',
    allTime: 'Show all time',
  },
};
