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
import { list } from '../../text/intl';

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

const words = t.goals.words;

export const ROLES = (['macro', 'milestone', 'secondary'] as const).map((value) => ({
  value,
  label: t.terms.roles[value],
  about: t.goals.role.about[value],
}));

export const COUNTINGS = (Object.keys(t.goals.counting) as Counting[]).map((value) => ({
  value,
  label: t.terms.counting[value],
  about: t.goals.counting[value],
}));

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
  if (draft.kind === 'duration' && !lengthMs(draft.duration)) return t.goals.wrong.duration;
  if (draft.kind === 'pages' && !(Number(draft.pages) >= 1)) return t.goals.wrong.pages;
  const hasEvent = draft.events.some((name) => name.trim());
  if (draft.kind === 'event' && !hasEvent && !draft.lines.length && !draft.other) return t.goals.wrong.event;
  if (draft.kind === 'event' && wrongLine(draft.lines)) return wrongLine(draft.lines);
  if (draft.value === 'fixed') {
    if (!draft.amount || !(Number(draft.amount) > 0)) return t.goals.wrong.amount;
    if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) return t.goals.wrong.currency;
  }
  return null;
}

/** What it looks for, in one line. */
export function lookWords(goal: GoalForm | Goal): string {
  if (goal.duration_ms) return words.duration(lengthWords(lengthText(goal.duration_ms)));
  if (goal.pages) return words.pages(goal.pages);
  const names = typeof goal.event === 'string' ? [goal.event] : (goal.event ?? []);
  const conditions = conditionWords(goal.where ?? {});
  const event = names.length ? list(names, 'or') : goal.where ? words.anyEvent : goal.name;
  return conditions.length ? words.where(event, list(conditions)) : event;
}

export const valueWords = (goal: GoalForm | Goal) => {
  if (!goal.value) return words.noValue;
  return goal.value === 'from_event'
    ? words.fromEvent
    : words.fixed(money(goal.value.amount, goal.value.currency));
};

/** A goal as lines of words, for versions and their differences. */
export const goalLines = (goal: GoalForm | Goal): Lines => [
  [words.name, goal.name],
  [words.role, goal.headline ? words.headline(t.terms.roles[goal.role]) : t.terms.roles[goal.role]],
  [t.goals.list.trigger, lookWords(goal)],
  [t.goals.list.counting, countingWords(goal.counting)],
  [t.goals.list.value, valueWords(goal)],
];

/** The goal that a lint is about. */
export function lintGoal({ subject }: Lint): string | null {
  const about: unknown = subject;
  return about && typeof about === 'object' && 'goal' in about ? String(about.goal) : null;
}
