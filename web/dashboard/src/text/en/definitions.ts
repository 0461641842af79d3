// Texts of `src/definitions`: conditions, lengths of time and versions, of goals and of funnels.

import { plural, signed, type Forms } from '../intl';

/** A length of time, which may be a part of its unit. */
const length = (n: number, forms: Forms) => `${signed(n, { maximumFractionDigits: 3 })} ${plural(n, forms)}`;

export const definitions = {
  conditions: {
    thing: 'Where',
    test: 'Condition',
    value: 'Value',
    anything: '* matches anything',
    remove: (thing: string) => `Remove the condition on ${thing}`,
    add: '+ Condition',
    /** What the lines cannot show. */
    kept: (condition: string) => `Further condition, not editable here: ${condition}`,
    tests: {
      is: 'is',
      not: 'is not',
      contains: 'contains',
      starts_with: 'starts with',
      ends_with: 'ends with',
      at_least: 'is at least',
      at_most: 'is at most',
      present: 'is set',
      missing: 'is not set',
    },
    inWords: {
      is: (thing: string, values: string) => `${thing} is ${values}`,
      not: (thing: string, values: string) => `${thing} is not ${values}`,
      contains: (thing: string, values: string) => `${thing} contains ${values}`,
      starts_with: (thing: string, values: string) => `${thing} starts with ${values}`,
      ends_with: (thing: string, values: string) => `${thing} ends with ${values}`,
      at_least: (thing: string, values: string) => `${thing} is at least ${values}`,
      at_most: (thing: string, values: string) => `${thing} is at most ${values}`,
      present: (thing: string) => `${thing} is set`,
      missing: (thing: string) => `${thing} is not set`,
    },
    incomplete: 'Complete the condition, or remove it.',
    notNumber: (value: string) => `“${value}” is not a number.`,
    twice: (thing: string, test: string) => `${thing} has “${test}” twice. Remove one of them.`,
  },

  lengths: {
    none: 'none',
    unit: (label: string) => `${label}: unit`,
    units: { s: 'seconds', m: 'minutes', h: 'hours', d: 'days' },
    inWords: {
      s: (n: number) => length(n, { one: 'second', other: 'seconds' }),
      m: (n: number) => length(n, { one: 'minute', other: 'minutes' }),
      h: (n: number) => length(n, { one: 'hour', other: 'hours' }),
      d: (n: number) => length(n, { one: 'day', other: 'days' }),
    },
  },

  trigger: {
    kind: 'Trigger',
    /** An event's option is named by the page. */
    kinds: { duration: 'Session length', pages: 'Pages in a session' },
    duration: 'Session lasts at least',
    pages: 'Pages seen, at least',
  },

  versions: {
    title: (version: number) => `Version ${version}`,
    of: (name: string) => `Versions of “${name}”`,
    was: '<sr>was </sr>{value}',
    now: '<sr>is now </sr>{value}',
    unchanged: 'Nothing changed that affects the numbers.',
  },
};
