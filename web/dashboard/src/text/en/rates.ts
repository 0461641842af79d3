// Rates, their intervals and how they changed, in words. Shares, intervals and numbers arrive already formatted.

export const rates = {
  /** `193 of 4,504`. */
  of: (part: string, whole: string) => `${part} of ${whole}`,
  /** `193 of 4,504 visitors`. */
  ofUnits: (part: string, whole: string, units: string) => `${part} of ${whole} ${units}`,
  little: 'little data',
  littleMore: 'Little data: too early to compare with other rates.',
  none: 'Nobody to count yet, so there is no rate.',
  interval: (between: string, level: string) =>
    `The true rate is probably between ${between} (${level} confidence interval).`,

  points: (difference: string) => `${difference} percentage points`,
  verdicts: {
    up: 'Up',
    down: 'Down',
    too_close: 'Too close to tell',
    no_change: 'No change',
    too_few: 'Too little data',
  },
  noComparison: 'No comparison yet',
  emptyPeriod: (units: string) => `one of the periods has no ${units}`,
  unlikelyChance: 'this is very unlikely to be chance',
  maybeChance: 'the difference could be chance',
  alike: 'both periods are alike',
  waitForMore: 'wait for more visits',
  needed: (count: string, units: string) =>
    `it takes about ${count} ${units} in each period to confirm a change of this size`,
  sentence: (verdict: string, meaning: string) => `${verdict}: ${meaning}.`,
};
