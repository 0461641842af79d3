// Texts of `src/pages/funnels`.

import { count, counted } from '../intl';
import { terms } from './terms';

export const funnels = {
  loading: 'Loading the funnels',
  loadingOne: 'Loading the funnel',
  new: 'New funnel',
  all: 'All funnels',
  editThis: 'Edit this funnel',
  discard: 'Discard',
  save: 'Save…',
  versions: 'Versions',
  missing: (name: string) => `There is no funnel “${name}”.`,
  deleted: (name: string) => `Funnel “${name}” deleted. Its versions stay in the record of changes.`,
  delete: {
    title: (name: string) => `Delete “${name}”?`,
    effect:
      'The funnel is removed from the list. Its events are kept, and its versions stay in the record of changes.',
    keep: 'Keep it',
  },
  saving: {
    title: 'Save funnel',
    titleNew: 'Save new funnel',
    rename: 'A new name renames the funnel. Earlier versions are kept.',
    example: 'Such as “Product to purchase”.',
    saved: (name: string) => `Funnel “${name}” saved.`,
  },
  start: 'Choose at least two steps. The result appears here and follows every change.',

  list: {
    none: 'No funnels yet.',
    about:
      'A funnel shows how many visitors take each step toward a goal, how many drop out, and what they do instead.',
    askEditor: 'An editor of this site can create one.',
    create: 'Create a funnel',
    loading: (funnel: string) => `Loading ${funnel}`,
    through: (funnel: string) => `${funnel}, from the first step to the last`,
  },

  /** What is counted, by the API's code. */
  units: {
    visitor: terms.visitors,
    session: terms.sessions,
    pair: (n: number) => counted(n, { one: 'pair', other: 'pairs' }),
    total: (n: number) => counted(n, { one: 'attempt', other: 'attempts' }),
  },
  unitTitles: { visitor: 'Visitors', session: 'Sessions', pair: 'Pairs', total: 'Attempts' },

  /** Below the number of those who took the first step. */
  entered: {
    visitor: 'visitors entered',
    session: 'sessions entered',
    pair: 'pairs entered',
    total: 'attempts entered',
  },

  builder: {
    steps: 'Steps',
    addStep: '+ Step',
    window: 'Time limit, from the first step to the last',
    noLimit: 'no limit',
    moreOptions: 'More options',
    fewerOptions: 'Fewer options',
    moved: (from: number, to: number) => `Step ${count(from)} is now step ${count(to)}.`,
    removed: (step: number) => `Step ${count(step)} removed.`,
  },

  step: {
    drag: 'Drag to move',
    title: (number: number) => `Step ${count(number)}`,
    hint: 'Choose a goal or an event',
    up: 'Up (Alt ↑)',
    down: 'Down (Alt ↓)',
    moveUp: (number: number, name: string) => `Move step ${count(number)}, ${name}, up`,
    moveDown: (number: number, name: string) => `Move step ${count(number)}, ${name}, down`,
    remove: (number: number, name: string) => `Remove step ${count(number)}, ${name}`,
    more: 'More',
    less: 'Less',
    moreAbout: (number: number) => `More about step ${count(number)}`,
    lessAbout: (number: number) => `Less about step ${count(number)}`,
    label: 'Label',
    within: 'Time limit, from the previous step',
    optional: 'Optional: visitors may skip this step',
    trigger: 'Goal or event',
    isGoal: (name: string) => `“${name}” is a goal. Its trigger is set on the Goals page.`,
  },

  /** What a funnel is built of: each choice with its values, the default first. */
  choices: {
    count: {
      label: 'Count',
      values: {
        visitor: 'Visitors',
        session: 'Sessions',
        pair: 'Each shared value separately, such as each product',
        total: 'Every attempt',
      },
    },
    order: {
      label: 'Order',
      values: {
        ordered: 'In order, with other events in between',
        strict: 'In order, with nothing in between',
        any: 'In any order',
      },
    },
    scope: {
      label: 'Steps may be taken',
      values: { visitor: 'Across all sessions of a visitor', session: 'Within one session' },
    },
    entry: {
      label: 'Where people may enter',
      values: { closed: 'At the first step only', open: 'At any step' },
    },
    anchor: {
      label: 'Which attempt counts',
      values: { any: 'The best attempt', first: 'The first attempt' },
    },
  },
  options: {
    same: 'Same value in all steps',
    sameHint: 'None, or a property such as prop.item',
    sameHelp: 'Steps only count together if they have the same value, such as the same product.',
    exclusions: 'Ends the attempt',
    exclusion: 'Goal or event',
    more: 'More',
    after: 'After',
    before: 'Before',
    anywhere: 'any step',
    remove: 'Remove',
    removeNamed: (name: string) => `Remove “${name}”`,
    add: '+ Event that ends the attempt',
  },
  /** The choices in the line above the chart. */
  brief: {
    order: { ordered: '', strict: 'nothing in between', any: 'in any order' },
    within: (length: string) => `within ${length}`,
    noLimit: 'no time limit',
    oneSession: 'within one session',
    firstAttempt: 'first attempt only',
    anyEntry: 'entry at any step',
    same: (thing: string) => `same value in all steps: ${thing}`,
    exclusions: (n: number) => counted(n, { one: 'exclusion', other: 'exclusions' }),
  },

  /** A funnel in words. */
  words: {
    window: 'Time limit',
    duration: (length: string) => `session of ${length} or longer`,
    pages: (n: number) => `session with ${counted(n, { one: 'page', other: 'pages' })} or more`,
    notChosen: 'not chosen yet',
    where: (step: string, conditions: string) => `${step}, where ${conditions}`,
    within: (step: string, length: string) => `${step}, within ${length}`,
    optional: (step: string) => `${step}, optional`,
    after: (event: string, step: string) => `${event}, after ${step}`,
    before: (event: string, step: string) => `${event}, before ${step}`,
  },
  /** Why a draft has no result yet. */
  wrong: {
    ofStep: (number: number, what: string) => `Step ${count(number)}: ${what}`,
    ofExclusion: (what: string) => `Event that ends the attempt: ${what}`,
    duration: 'Enter the session length.',
    pages: 'Enter the number of pages.',
    event: 'Choose a goal or an event.',
    tooFew: 'A funnel needs at least two steps that are not optional.',
    optionalEnd: 'The first and the last step cannot be optional.',
    noSame: 'Choose the value that must be the same in all steps.',
  },

  result: {
    inProgress: 'still in progress',
    droppedOut: 'dropped out',
    entered: (units: string, period: string) => `${units} entered, ${period}`,
    nobody: 'Nobody took the first step in this period.',
    nobodyMore: (units: string) =>
      `${units} in this period. Check that the event of the first step is sent, or choose a longer period.`,
    allTime: 'Show all time',
    whole: 'From the first step to the last',
    wholeRate: 'From the first step to the last: <figure></figure>',
    compared: (period: string) => `Compared with ${period}.`,
    optional: (used: number, usedCompleted: number, unused: number, unusedCompleted: number) =>
      `<b>{step}</b> (optional): ${count(used)} used it, and ${count(usedCompleted)} of them completed the funnel. ` +
      `${count(unused)} did not, and ${count(unusedCompleted)} of them completed the funnel.`,
    table: 'Show as table',
    caption: (funnel: string) => `${funnel}, step by step`,
    columns: {
      step: 'Step',
      reached: 'Reached',
      ofPrevious: 'Of previous step',
      ofFirst: 'Of step 1',
      inProgress: 'In progress',
      droppedOut: 'Dropped out',
      notReached: 'Not reached',
      skipped: 'Skipped',
      time: 'Time: 25 %, median, 75 %',
      timeMore: 'Time from the previous step',
      value: 'Value',
    },
    stepName: (number: number, step: string) => `${count(number)} ${step}`,
    ofPrevious: (step: string) => `${step}, of the previous step`,
    ofFirst: (step: string) => `${step}, of step 1`,
  },

  columns: {
    median: (time: string) => `median ${time}`,
    inProgress: (n: number) => `${count(n)} still in progress`,
    notReached: (n: number) => `${count(n)} not reached`,
    skipped: (n: number, step: number) => `${count(n)} skipped step ${count(step)}`,
    enteredHere: (n: number) => `${count(n)} entered here`,
    ofStep: (step: number) => `of step ${count(step)}`,
    ofStepBetween: (step: number, interval: string) => `of step ${count(step)}, ${interval}`,
    rate: (label: string, step: number) => `${label}, of step ${count(step)}`,
    ofFirst: '<figure></figure> of step 1',
    previous: (n: string) => `Previous period: ${n}`,
    previousRate: (label: string, step: number) => `${label}, previous period, of step ${count(step)}`,
    change: (label: string, step: number) => `${label}, change of the share of step ${count(step)}`,
    droppedOut: (n: number) => `${count(n)} dropped out`,
    ask: (n: number) => `${count(n)} dropped out<ask> – see what they did</ask><sr> after {step}</sr>`,
    noTimes: 'A funnel in any order has no times between steps and no values.',
  },

  dropOff: {
    title: 'What they did instead',
    about: (units: string, step: number) =>
      `${units} took step ${count(step)}, “{step}”, but not the next step in time. This is what they did next:`,
    loading: 'Loading what they did instead',
    caption: (step: string) => `What they did instead, after ${step}`,
    next: 'Next',
    share: 'Share',
    left: 'Nothing: they left',
    others: (n: number) => counted(n, { one: 'other action', other: 'other actions' }),
    none: 'Nobody dropped out after this step.',
  },

  breakdown: {
    title: 'Breakdown',
    choose: 'Break down by',
    nothing: 'nothing',
    about: 'Compare this funnel across devices, channels or countries.',
    filtered: (dimension: string) => `The filter already contains “${dimension}”.`,
    filteredMore: 'Remove it from the filter, or choose another breakdown.',
    loading: 'Loading the breakdown',
    caption: (dimension: string) => `Funnel by ${dimension}`,
    none: 'No visitors in this period.',
    entered: 'Entered',
    step: (step: string) => `→ ${step}`,
    whole: 'First to last step',
    stepOf: (step: string, value: string) => `${step}, ${value}`,
    wholeOf: (value: string) => `From the first step to the last, ${value}`,
    only: 'Filter by this value',
    /** By which event decides the row. */
    more: {
      first:
        'Each share is of the previous step, by the visitor’s first event in this period. ' +
        'Hover over a share to see its counts and interval.',
      last:
        'Each share is of the previous step, by the visitor’s last event in this period. ' +
        'Hover over a share to see its counts and interval.',
    },
  },
};
