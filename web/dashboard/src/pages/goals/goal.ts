// A goal while it is edited: between the wire's form and what the editor shows, and in words. It asks nothing.

import type { Conditions, Goal, GoalRole, Lint, Mend } from '../../api';
import type { GoalForm } from '../../api/definitions';
import { conditionWords, toConditions, toLines, wrongLine, type Line } from '../../definitions/conditions';
import type { Lines } from '../../definitions/differ';
import { lengthMs, lengthText, lengthWords } from '../../definitions/lengths';
import { decimals } from '../../lib/currencies';
import { money } from '../../lib/format';
import { countingWords } from '../../lib/words';
import { t } from '../../text';

export type Kind = 'event' | 'duration' | 'pages';
export type Counting = 'every' | 'once_per_session' | 'once_per_visitor' | 'once_per_key';
export type ValueKind = 'none' | 'from_event' | 'fixed';

export interface Draft {
  name: string;
  role: GoalRole;
  headline: boolean;
  kind: Kind;
  /** One of them must match; none: any event that is like the conditions. */
  events: string[];
  lines: Line[];
  other: Conditions | null;
  duration: string;
  pages: string;
  /** Empty while it goes by what the goal is. */
  counting: Counting | '';
  value: ValueKind;
  amount: string;
  currency: string;
}

export const ROLES: { value: GoalRole; label: string; about: string }[] = [
  {
    value: 'macro',
    label: 'Macro',
    about: 'What the site exists for: the purchase, the booking, the donation.',
  },
  { value: 'milestone', label: 'Milestone', about: 'A step toward it: evidence of progress, never success.' },
  {
    value: 'secondary',
    label: 'Secondary action',
    about: 'A sign of interest: a newsletter, a video, a download.',
  },
];

export const COUNTINGS: { value: Counting; label: string; about: string }[] = [
  {
    value: 'every',
    label: countingWords('every'),
    about: 'Every matching event counts, also when somebody reloads the page.',
  },
  {
    value: 'once_per_session',
    label: countingWords('once_per_session'),
    about: 'The first matching event of each session counts; the others are repeats.',
  },
  {
    value: 'once_per_visitor',
    label: countingWords('once_per_visitor'),
    about: 'The first matching event of each visitor in the range counts; the others are repeats.',
  },
  {
    value: 'once_per_key',
    label: countingWords('once_per_key'),
    about:
      'Each order number counts once, for ever, whoever tells of it first. Events without a number all count, and are said.',
  },
];

/** The event of a page that is loaded. */
export const PAGE_VIEW = 'pageview';

/** Whether it looks for pages being loaded: then loading the same page again would count again. */
const isOfPage = ({ kind, events, lines }: Pick<Draft, 'kind' | 'events' | 'lines'>) => {
  const names = events.map((name) => name.trim()).filter(Boolean);
  if (kind !== 'event') return false;
  return names.length ? names.every((name) => name === PAGE_VIEW) : lines.some(({ key }) => key === 'path');
};

/** How often a goal counts until somebody chooses. A macro counts every time, unless a reload would count again. */
export const usualCounting = (draft: Pick<Draft, 'role' | 'kind' | 'events' | 'lines'>): Counting =>
  draft.role === 'macro' && !isOfPage(draft) ? 'every' : 'once_per_session';

const MENDS: Record<Mend, Partial<GoalForm>> = {
  count_once_per_key: { counting: 'once_per_key' },
  count_once_per_session: { counting: 'once_per_session' },
  value_from_event: { value: 'from_event' },
};

/** The goal changed so that a remark about it is settled. */
export function mended(goal: GoalForm | Goal, mend: Mend): GoalForm {
  const { version: _, ...form }: Goal = goal;
  return { ...form, ...MENDS[mend] };
}

export const emptyDraft = (): Draft => ({
  name: '',
  role: 'milestone',
  headline: false,
  kind: 'event',
  events: [''],
  lines: [],
  other: null,
  duration: '1m',
  pages: '3',
  counting: '',
  value: 'none',
  amount: '',
  currency: 'EUR',
});

export function readGoal(goal: GoalForm | Goal): Draft {
  const made = emptyDraft();
  const { lines, other } = toLines(goal.where ?? {});
  const names = goal.event ?? [];
  const fixed = typeof goal.value === 'object' ? goal.value : null;
  const looks = {
    role: goal.role,
    kind: goal.duration_ms ? ('duration' as const) : goal.pages ? ('pages' as const) : ('event' as const),
    events: typeof names === 'string' ? [names] : names.length ? names : goal.where ? [] : [goal.name],
    lines,
  };
  return {
    ...made,
    ...looks,
    name: goal.name,
    headline: !!goal.headline,
    other,
    duration: goal.duration_ms ? lengthText(goal.duration_ms) : made.duration,
    pages: goal.pages ? String(goal.pages) : made.pages,
    counting: goal.counting && goal.counting !== usualCounting(looks) ? goal.counting : '',
    value: fixed ? 'fixed' : goal.value === 'from_event' ? 'from_event' : 'none',
    amount: fixed ? (fixed.amount / 10 ** decimals(fixed.currency)).toFixed(decimals(fixed.currency)) : '',
    currency: fixed?.currency ?? made.currency,
  };
}

function looksFor(draft: Draft): Partial<GoalForm> {
  if (draft.kind === 'duration') return { duration_ms: lengthMs(draft.duration) ?? 0 };
  if (draft.kind === 'pages') return { pages: Number(draft.pages) };
  const events = draft.events.map((name) => name.trim()).filter(Boolean);
  const where = { ...draft.other, ...toConditions(draft.lines) };
  return {
    ...(events.length && { event: events.length === 1 ? events[0]! : events }),
    ...(Object.keys(where).length && { where }),
  };
}

function valueOf(draft: Draft): Partial<GoalForm> {
  if (draft.value === 'none') return {};
  if (draft.value === 'from_event') return { value: 'from_event' };
  const currency = draft.currency.trim().toUpperCase();
  const amount = Math.round(Number(draft.amount) * 10 ** decimals(currency));
  return { value: { amount, currency } };
}

/** The wire's form. Only a macro can be the headline. */
export const writeGoal = (draft: Draft): GoalForm => ({
  name: draft.name.trim(),
  role: draft.role,
  headline: draft.role === 'macro' && draft.headline,
  ...looksFor(draft),
  counting: draft.counting || usualCounting(draft),
  ...valueOf(draft),
});

/** Why a draft cannot be tried yet, in words; null when it can. Its name is not needed for that. */
export function wrong(draft: Draft): string | null {
  if (draft.kind === 'duration' && !lengthMs(draft.duration)) return 'Say how long the session lasts.';
  if (draft.kind === 'pages' && !(Number(draft.pages) >= 1)) return 'Say how many pages.';
  const hasEvent = draft.events.some((name) => name.trim());
  if (draft.kind === 'event' && !hasEvent && !draft.lines.length && !draft.other)
    return 'Choose the event to look for.';
  if (draft.kind === 'event' && wrongLine(draft.lines)) return wrongLine(draft.lines);
  if (draft.value === 'fixed') {
    if (!draft.amount || !(Number(draft.amount) > 0)) return 'Say what each conversion is worth.';
    if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) return 'A currency has three letters, such as EUR.';
  }
  return null;
}

/** What it looks for, in one line. */
export function lookWords(goal: GoalForm | Goal): string {
  if (goal.duration_ms) return `a session of ${lengthWords(lengthText(goal.duration_ms))} or more`;
  if (goal.pages) return `a session with ${goal.pages} pages or more`;
  const names = typeof goal.event === 'string' ? [goal.event] : (goal.event ?? []);
  const conditions = conditionWords(goal.where ?? {});
  const event = names.length ? names.join(' or ') : goal.where ? 'any event' : goal.name;
  return conditions.length ? `${event}, where ${conditions.join(' and ')}` : event;
}

export const valueWords = (goal: GoalForm | Goal) => {
  if (!goal.value) return 'no value';
  return goal.value === 'from_event'
    ? 'what the event carries'
    : `${money(goal.value.amount, goal.value.currency)} each`;
};

/** A goal as lines of words, for versions and their differences. */
export const goalLines = (goal: GoalForm | Goal): Lines => [
  ['Name', goal.name],
  ['Role', goal.headline ? `${t.terms.roles[goal.role]}, the headline` : t.terms.roles[goal.role]],
  ['Looks for', lookWords(goal)],
  ['Counts', countingWords(goal.counting)],
  ['Worth', valueWords(goal)],
];

/** The goal that a lint is about. */
export function lintGoal({ subject }: Lint): string | null {
  const about: unknown = subject;
  return about && typeof about === 'object' && 'goal' in about ? String(about.goal) : null;
}
