// Texts of `src/pages/live`.

import { count, counted, plural } from '../intl';
import { terms } from './terms';

export const live = {
  loading: 'Loading live data',
  suppressed: 'Counts of fewer than 10 visitors are hidden.',
  waiting: 'Waiting for the next event…',
  pauseKey: 'Pause or resume the events',
  fewVisitors: 'fewer than 10 visitors',
  toGoals: 'Go to goals',

  connection: {
    connecting: 'Connecting…',
    open: 'Connected',
    waiting: 'Connection lost. Trying again…',
    refused: 'Not connected',
  },

  minutes: {
    title: 'Visitors by minute',
    range: 'Last 30 minutes',
    peak: (visitors: number) => `Peak: ${terms.visitors(visitors)} in a minute`,
    allFew: 'Fewer than 10 visitors in each minute',
    minute: (clock: string, visitors: number, events: number) =>
      `${clock}: ${terms.visitors(visitors)}, ${terms.events(events)}`,
    minuteFew: (clock: string) => `${clock}: fewer than 10 visitors`,
    now: (visitors: number) => plural(visitors, { one: 'visitor now', other: 'visitors now' }),
    nowMore: 'active in the last 5 minutes',
    how:
      'Visitors by minute. Use the arrow keys to read one minute at a time. ' +
      'The table below lists every minute.',
    axis: { start: '30 min ago', end: 'now' },
    columns: { minute: 'Minute', visitors: 'Visitors', events: 'Events' },
  },

  goals: {
    title: 'Goals reached',
    range: 'Visitors, last 30 minutes',
    none: 'No goal was reached in the last 30 minutes.',
  },

  events: {
    title: 'Latest events',
    list: 'Latest events, newest first',
    added: (n: number) => counted(n, { one: 'new event', other: 'new events' }),
    spoken: (n: number) => `${counted(n, { one: 'new event', other: 'new events' })}.`,
    pause: 'Pause',
    resume: 'Resume',
    limit: (n: number) => `Up to ${count(n)} events are shown.`,
    anonymous: 'Live events are anonymous.',
    missed: (n: number) => `${terms.events(n)} came too fast to show, but they are counted.`,
    excluded: (why: string) => `excluded: ${why}`,
    /** Why an event is excluded from results, by its tag. */
    tags: { bot: 'bot', internal: 'your own network', test: 'test', local_host: 'developer’s computer' },
    alreadyCounted: 'already counted',
  },

  empty: {
    never: 'No event has arrived yet.',
    install: 'Add the tracking code to your pages. The first visitor then appears here within a second.',
    getCode: 'Get the tracking code',
    quiet: 'No visitors in the last 30 minutes.',
    last: (ago: string) => `The last event arrived ${ago}.`,
    tryIt:
      'Open your site in another tab and click around. Each page view appears below within a second. If none ' +
      'appears, your browser may block the tracking code or ask sites not to track you, or your network may be ' +
      'excluded.',
    check: 'Check the tracking code',
  },
};
