// Texts of `src/components`, which every page uses.

import { count, plural } from '../intl';
import { terms } from './terms';

export const components = {
  chart: {
    role: 'chart',
    date: 'Date',
    notDrawn: 'The chart could not be drawn. The table below shows the same numbers.',
    how: 'Use the arrow keys to read one day at a time. The table below lists every day.',
    asTable: 'Show as table',
  },
  suggestions: (label: string) => `${label}: suggestions`,
  confirm: {
    itsName: 'the name',
    type: (what: string, word: string) => `Type ${what} to confirm: ${word}`,
  },
  copy: {
    label: (what: string) => `Copy ${what}`,
    byKeyboard: 'Press Ctrl+C',
  },
  noRows: 'No data.',
  closeMessage: 'Close this message',
  request: (id: string) => `request ${id}`,
  labelled: (label: string, text: string) => `${label}: ${text}`,

  events: {
    title: (goal: string) => `${goal}: matching events`,
    caption: (goal: string) => `Events of ${goal}`,
    loading: 'Loading events',
    hidden: 'Your role does not show single events, because they could identify a person.',
    matched: (matched: number, counting: number) =>
      `${terms.events(matched)} ${plural(matched, { one: 'matches', other: 'match' })}, ${count(counting)} counted`,
    which: 'Which events',
    all: 'All events',
    onlyCounted: 'Counted',
    onlyNot: 'Not counted',
    none: 'No matching events in this period.',
    when: 'Time',
    page: 'Page',
    from: 'Source',
    value: 'Value',
    fate: 'Counted?',
    counted: 'counted',
    countedWithoutVisitor: 'counted, visitor unknown',
    verified: (fate: string) => `${fate}, confirmed by your server`,
  },
};
