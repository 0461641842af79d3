// Texts of `src/pages/goals`.

import { count, counted, plural } from '../intl';
import { terms } from './terms';

export const goals = {
  loading: 'Loading the goals',
  new: 'New goal',
  all: 'All goals',
  versions: 'Versions',
  missing: (name: string) => `There is no goal “${name}”.`,
  deleted: (name: string) => `Goal “${name}” deleted. Its events are kept.`,
  delete: {
    title: (name: string) => `Delete “${name}”?`,
    effect:
      'Reports no longer show its conversions, not even for past periods. Its events are kept: ' +
      'if you create the same goal again, it shows the same numbers.',
    headline: '<b>This is your headline.</b> Choose another headline afterwards.',
    keep: 'Keep it',
  },

  list: {
    goal: 'Goal',
    trigger: 'Trigger',
    counting: 'Counting rule',
    value: 'Value',
    conversions: 'Conversions',
    events: (goal: string) => `, conversions of ${goal}: show the events`,
    rate: 'Conversion rate',
    rateOf: (goal: string) => `${goal}, conversion rate`,
    inPeriod: (n: number) =>
      plural(n, {
        one: '<figure></figure> conversion in this period',
        other: '<figure></figure> conversions in this period',
      }),
    view: 'View',
    warnings: 'Warnings',
    noHeadline: 'What counts as success on your website?',
    chooseHeadline:
      'No goal is the headline yet. Choose one macro conversion: an order, a booking, a donation. ' +
      'The reports then show how everything else leads to it.',
  },

  editor: {
    save: 'Save goal',
    effect: 'Saving changes past reports too. Earlier versions are kept.',
    taken: 'A goal with this name already exists.',
    saved: (name: string) => `Goal “${name}” saved. Past reports use it too.`,
    nameHelp: 'Shown in reports, such as “purchase” or “newsletter”.',
    event: 'Event',
    orEvent: 'Or event',
    eventHint: 'Choose an event, or type its name',
    removeEvent: (name: string) => `Remove the event ${name}`,
    addEvent: '+ Event',
    addOther: '+ Or another event',
    counting: 'Counting rule',
    value: 'Each conversion is worth',
    values: { none: 'No value', from_event: 'The amount sent with the event', fixed: 'A fixed amount' },
    amount: 'Amount',
    currency: 'Currency',
  },

  role: {
    title: 'Role',
    about: {
      macro: 'What your website is for: an order, a booking, a donation.',
      milestone: 'A step toward a macro conversion. It never counts as success.',
      secondary: 'A sign of interest, such as a newsletter sign-up or a download.',
    },
    headline: 'This is the headline: the one number that measures your success.',
    replaces: (present: string) => `It replaces “${present}”.`,
    noHeadline: {
      milestone:
        'A milestone can never be the headline, because it can rise while orders do not. ' +
        'If it is what your website is for, make it a macro conversion.',
      secondary:
        'A secondary action can never be the headline, because it can rise while orders do not. ' +
        'If it is what your website is for, make it a macro conversion.',
    },
  },

  counting: {
    every: 'Every matching event counts, even if someone reloads the page.',
    once_per_session: 'The first matching event of each session counts. The others are repeats.',
    once_per_visitor:
      'The first matching event of each visitor in the period counts. The others are repeats.',
    once_per_key:
      'Each order number counts only once, ever. Events without an order number all count, and reports show how many.',
  },

  /** Why a goal cannot be tried yet. */
  wrong: {
    duration: 'Enter the session length.',
    pages: 'Enter the number of pages.',
    event: 'Choose an event.',
    amount: 'Enter what each conversion is worth.',
    currency: 'A currency has three letters, such as EUR.',
  },

  /** A goal in words. */
  words: {
    name: 'Name',
    role: 'Role',
    headline: (role: string) => `${role}, headline`,
    duration: (length: string) => `sessions of ${length} or longer`,
    pages: (n: number) => `sessions with ${counted(n, { one: 'page', other: 'pages' })} or more`,
    anyEvent: 'any event',
    where: (event: string, conditions: string) => `${event}, where ${conditions}`,
    noValue: 'no value',
    fromEvent: 'the amount sent with the event',
    fixed: (amount: string) => `${amount} each`,
  },

  preview: {
    title: 'Preview',
    loading: 'Loading the preview',
    /** Its name while nobody has given it one. */
    unnamed: 'new goal',
    found: (conversions: number, repeats: number) =>
      repeats
        ? `Would have counted <b>${terms.conversions(conversions)}</b>, ` +
          `with ${counted(repeats, { one: 'repeat', other: 'repeats' })} removed.`
        : `Would have counted <b>${terms.conversions(conversions)}</b>, without repeats.`,
    rate: 'Conversion rate',
    sessions: (n: number) => `${terms.sessions(n)} in total`,
    examples: (n: number) => counted(n, { one: 'matching event', other: 'matching events' }),
    caption: 'Matching events',
    none: 'No matching events in this period. The goal starts to count when the first one arrives.',
    time: 'Time',
    event: 'Event, page',
    source: 'Channel, device',
    value: 'Value',
    counted: 'Counted?',
    yes: 'yes',
  },

  suggestions: {
    title: 'Suggested goals',
    likelyHeadline: 'likely headline',
    review: 'Review<sr>: {goal}</sr>',
  },

  file: {
    name: 'waymark.toml',
    about: 'All goals, funnels and settings of this site in one file, for version control or bulk edits.',
    edit: 'Paste or upload a new version. Nothing changes until you apply it.',
    contents: 'File contents',
    upload: 'Upload a file',
    line: (line: number) => `Line ${count(line)}`,
    place: (line: number, column: number) => `Line ${count(line)}, column ${count(column)}`,
    changes: 'Applying the file makes these changes:',
    version: (change: string, version: number) => `${change}, version ${version}`,
    noChanges: 'No changes: the file matches what is set up now.',
    warnings: 'Warnings',
    download: 'Download',
    check: 'Preview changes',
    apply: 'Apply',
    applied: 'File applied.',
  },

  /** What to do about a warning, by its code. */
  todo: {
    no_headline: 'Choose the one macro conversion that your website is for: an order, a booking, a donation.',
    several_headlines: 'Keep the one that matters most.',
    micro_headline:
      'Make a macro conversion the headline. Or make this goal a macro conversion, if it is what your website is for.',
    too_many_macros: 'Keep the ones your business lives on. Make the others milestones or secondary actions.',
    too_many_micros: 'Delete the goals that nobody would act on. Their events are kept.',
    loose_goal: 'This is fine for the first step of a funnel. Otherwise narrow the goal down, or delete it.',
    dead_goal:
      'Trigger it once on your website and see whether the event arrives. Check the event name and the page for typos.',
    macro_without_value: 'Set what each conversion is worth: the amount sent with the event, or an estimate.',
    key_not_seen: 'Send the order number with the event, or count once per session.',
    value_not_seen: 'Send the amount and its currency with the event, or give the goal a fixed value.',
    funnel_without_macro: 'Add the macro conversion that it leads to as the last step.',
    broken_funnel: 'Fix the funnel, or create what it refers to again.',
  },
  /** What a button changes. */
  mends: {
    count_once_per_key: 'Use the order number',
    count_once_per_session: 'Count once per session',
    value_from_event: 'Use the amount sent with the event',
  },
  orderNumberGuide: 'Use the order number',
  mended: (name: string) => `Goal “${name}” changed. Past reports use the change too.`,
};
