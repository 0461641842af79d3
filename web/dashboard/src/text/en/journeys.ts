// Texts of `src/pages/journeys`: paths to or from a goal, exit pages, sequences.

import { count, counted } from '../intl';
import { terms } from './terms';

const steps = (n: number) => counted(n, { one: 'step', other: 'steps' });

export const journeys = {
  loading: 'Loading goals',
  noGoals: 'You have no goals yet.',
  noGoalsMore: 'Journeys show how visitors reach a goal. Add a goal first.',
  toGoals: 'Go to goals',

  choices: 'Which paths to show',
  side: 'Direction',
  sides: { before: 'Paths to', after: 'Paths from' },
  goal: 'Goal',
  kind: 'Steps',
  kinds: { page: 'by page', event: 'by event', goal: 'by goal' },
  depth: 'Number of steps',
  depths: steps,

  paths: {
    before: (goal: string) => `Paths to ${goal}`,
    after: (goal: string) => `Paths from ${goal}`,
    loading: 'Loading paths',
    reached: (sessions: number) => `${terms.sessions(sessions)} reached this goal`,
    reachedWithValue: (sessions: number, value: string) =>
      `${terms.sessions(sessions)} reached this goal · value ${value} before refunds`,
    none: (goal: string) => `No session reached “${goal}” in this period.`,
    noneTodo: 'Choose a longer range or another goal.',
    how: (title: string) =>
      `${title}. Use the arrow keys to move between steps. The table below lists all of them.`,
    about: {
      page: 'A wider band means more sessions. The same page several times in a row is one step.',
      event: 'A wider band means more sessions. The same event several times in a row is one step.',
      goal: 'A wider band means more sessions. The same goal several times in a row is one step.',
    },
    valueOf: (goal: string) => `The value is that of ${goal} in these sessions.`,
    suppressed: 'Steps of fewer than 10 visitors are part of “other”.',
    columns: {
      step: 'Step',
      name: { page: 'Page', event: 'Event', goal: 'Goal' },
      sessions: 'Sessions',
      share: 'Share',
      value: 'Value (share)',
    },
  },

  nodes: { start: 'session start', end: 'session end', other: 'other' },
  step: {
    goal: 'the goal',
    before: (n: number) => `${steps(n)} before`,
    after: (n: number) => `${steps(n)} after`,
  },
  sessions: (part: number, whole: number, share: string) =>
    `${count(part)} of ${terms.sessions(whole)} (${share})`,
  value: (value: string) => `value ${value}`,

  exits: {
    title: (goal: string) => `Exit pages of sessions without ${goal}`,
    loading: 'Loading exit pages',
    page: 'Page',
    noPage: '(no page)',
    exits: 'Exits',
    sessions: 'Sessions',
    rate: 'Exit rate',
    rateOf: (page: string) => `Exit rate of ${page}`,
    none: 'No session ended without this goal.',
    ended: (sessions: number) => `${terms.sessions(sessions)} ended without this goal.`,
    others: (exits: number, pages: number) =>
      `${count(exits)} of them ended on ${counted(pages, { one: 'other page', other: 'other pages' })}.`,
    inProgress: (sessions: number) => `${terms.sessions(sessions)} may still continue.`,
    suppressed: 'Pages of fewer than 10 visitors are not listed.',
  },

  sequences: {
    title: (goal: string) => `What visitors with ${goal} do more often`,
    caption: (goal: string) => `Sequences of visitors with ${goal}, compared with other visitors`,
    loading: 'Loading sequences',
    sequence: 'Steps in a row',
    reached: 'With goal',
    others: 'Without',
    difference: 'Points',
    rateOf: {
      converters: (steps: string[]) => `${steps.join(', then ')}: share of visitors who reached the goal`,
      others: (steps: string[]) => `${steps.join(', then ')}: share of visitors who did not reach the goal`,
    },
    none: 'There are too few visitors to compare sequences.',
    compared: (converters: number, others: number) =>
      `${terms.visitors(converters)} reached this goal, ${count(others)} did not.`,
    meaning:
      'A sequence is not a cause. These are the largest of many differences, so some are due to chance. ' +
      'Where a difference is grey, there may be none.',
    tooFew: (sequences: number) =>
      `${counted(sequences, { one: 'sequence', other: 'sequences' })} had too few visitors to rank.`,
  },
};
