// A funnel while it is edited: between the wire's form and what the builder shows. It asks nothing.

import type { FunnelForm, StepTable } from '../../api/definitions';
import type { Conditions } from '../../api';
import { conditionWords, toConditions, toLines, wrongLine, type Line } from '../../definitions/conditions';
import { lengthWords } from '../../definitions/lengths';

export type Kind = 'event' | 'duration' | 'pages';

export interface Step {
  /** Tells steps apart while they move. */
  id: number;
  kind: Kind;
  /** A goal's or else an event's name; may be empty when conditions say enough. */
  name: string;
  /** How the name was told apart on the wire. */
  as: 'name' | 'goal' | 'event';
  lines: Line[];
  other: Conditions | null;
  duration: string;
  pages: string;
  label: string;
  optional: boolean;
  within: string;
}

/** A step of the draft (`stepKey`), which may be called something else meanwhile; empty for anywhere. */
type Place = string;

export interface Exclusion extends Step {
  after: Place;
  before: Place;
}

export interface Draft {
  steps: Step[];
  window: string;
  order: NonNullable<FunnelForm['order']>;
  anchor: NonNullable<FunnelForm['anchor']>;
  scope: NonNullable<FunnelForm['scope']>;
  entry: NonNullable<FunnelForm['entry']>;
  count: NonNullable<FunnelForm['count']>;
  same: string;
  exclude: Exclusion[];
}

export const MOST_STEPS = 12;
let last = 0;

export const emptyStep = (name = ''): Step => ({
  id: ++last,
  kind: 'event',
  name,
  as: 'name',
  lines: [],
  other: null,
  duration: '1m',
  pages: '3',
  label: '',
  optional: false,
  within: '',
});

export const emptyExclusion = (): Exclusion => ({ ...emptyStep(), after: '', before: '' });

/** The same with the event's name beside the conditions, where they hold nothing but one name. */
function named(step: StepTable): StepTable {
  const { event, ...where } = step.where ?? {};
  if (step.event || typeof event !== 'string' || event.includes('*')) return step;
  return { ...step, event, where: Object.keys(where).length ? (where as Conditions) : undefined };
}

function readStep(given: string | StepTable): Step {
  if (typeof given === 'string') return emptyStep(given);
  const step = named(given);
  const made = emptyStep(step.goal ?? step.event ?? step.name ?? '');
  const { lines, other } = toLines(step.where ?? {});
  const kind = step.duration ? 'duration' : step.pages ? 'pages' : 'event';
  return {
    ...made,
    kind,
    as: step.goal ? 'goal' : step.event || step.where ? 'event' : 'name',
    lines,
    other,
    duration: step.duration ?? made.duration,
    pages: step.pages ? String(step.pages) : made.pages,
    label: step.label ?? '',
    optional: !!step.optional,
    within: step.within ?? '',
  };
}

/** What an exclusion says of a step, whatever that is called. */
export const stepKey = (step: Step): Place => `#${step.id}`;

export function readDraft(form: FunnelForm): Draft {
  const steps = form.steps.map(readStep);
  // A name that no step has stays as it is: the server says what is wrong with it.
  const place = (name: string | null | undefined): Place => {
    const step = steps.find((one) => stepName(one) === name);
    return step ? stepKey(step) : (name ?? '');
  };
  return {
    steps,
    window: form.window ?? '',
    order: form.order ?? 'ordered',
    anchor: form.anchor ?? 'any',
    scope: form.scope ?? 'visitor',
    entry: form.entry ?? 'closed',
    count: form.count ?? 'visitor',
    same: form.same ?? '',
    exclude: (form.exclude ?? []).map((one) => ({
      ...readStep(one),
      after: typeof one === 'object' ? place(one.after) : '',
      before: typeof one === 'object' ? place(one.before) : '',
    })),
  };
}

const hasConditions = (step: Step) => step.lines.length > 0 || step.other !== null;

function looksFor(step: Step): StepTable {
  if (step.kind === 'duration') return { duration: step.duration };
  if (step.kind === 'pages') return { pages: Number(step.pages) };
  if (hasConditions(step)) {
    const where = { ...step.other, ...toConditions(step.lines) };
    return { ...(step.name && { event: step.name }), where };
  }
  return { [step.as]: step.name };
}

function writeStep(step: Step): string | StepTable {
  const table: StepTable = {
    ...looksFor(step),
    ...(step.label && { label: step.label }),
    ...(step.optional && { optional: true }),
    ...(step.within && { within: step.within }),
  };
  return Object.keys(table).length === 1 && table.name ? table.name : table;
}

function writeExclusion(step: Exclusion, steps: Step[]): string | StepTable {
  const named = (place: Place) => {
    const found = steps.find((one) => stepKey(one) === place);
    return found ? stepName(found) : place.startsWith('#') ? '' : place;
  };
  const [after, before] = [named(step.after), named(step.before)];
  const table = { ...looksFor(step), ...(after && { after }), ...(before && { before }) };
  return Object.keys(table).length === 1 && table.name ? table.name : table;
}

/** The wire's form; what is at its default is left out. */
export function writeDraft(draft: Draft): FunnelForm {
  const { order, anchor, scope, entry, count, window, same, exclude } = draft;
  return {
    steps: draft.steps.map(writeStep),
    ...(window && { window }),
    ...(order !== 'ordered' && { order }),
    ...(anchor !== 'any' && { anchor }),
    ...(scope !== 'visitor' && { scope }),
    ...(entry !== 'closed' && { entry }),
    ...(count !== 'visitor' && { count }),
    ...(same && { same }),
    ...(exclude.length && { exclude: exclude.map((one) => writeExclusion(one, draft.steps)) }),
  };
}

/** What a step is called: as the server calls it, where that can be known here. */
export function stepName(step: Step): string {
  if (step.label) return step.label;
  if (step.kind === 'duration') return `stayed ${lengthWords(step.duration)}`;
  if (step.kind === 'pages') return `${step.pages} pages`;
  return step.name || step.lines.find((line) => line.value)?.value || 'not chosen yet';
}

/** A step of the wire in words. */
export function stepWords(step: string | StepTable): string {
  const read = readStep(step);
  const where = typeof step === 'object' ? named(step).where : {};
  const conditions = read.kind === 'event' ? conditionWords(where ?? {}) : [];
  const told = [
    stepName(read),
    conditions.length && read.name ? `where ${conditions.join(' and ')}` : conditions.join(' and '),
    read.within && `within ${lengthWords(read.within)}`,
    read.optional && 'optional',
  ];
  return told.filter((part) => !!part).join(', ');
}

/** The steps in one line: `view → cart → purchase`. */
export const stepsLine = (form: FunnelForm) =>
  form.steps
    .map((step) => {
      const read = readStep(step);
      return read.optional ? `(${stepName(read)})` : stepName(read);
    })
    .join(' → ');

const wrongStep = (step: Step) => {
  if (step.kind === 'pages') return Number(step.pages) >= 1 ? null : 'Say how many pages.';
  if (step.kind === 'duration') return step.duration ? null : 'Say how long.';
  if (!step.name && !hasConditions(step)) return 'Choose a goal or an event.';
  return wrongLine(step.lines);
};

/** Why a draft cannot be asked yet, in words; null when it can. */
export function wrong(draft: Draft): string | null {
  const at = draft.steps.findIndex(wrongStep);
  if (at >= 0) return `Step ${at + 1}: ${wrongStep(draft.steps[at]!)}`;
  const required = draft.steps.filter((step) => !step.optional);
  if (required.length < 2) return 'A funnel has at least two steps that are not optional.';
  if (draft.steps[0]!.optional || draft.steps.at(-1)!.optional)
    return 'The first and the last step cannot be optional.';
  const excluded = draft.exclude.find(wrongStep);
  if (excluded) return `What breaks it: ${wrongStep(excluded)}`;
  if (draft.count === 'pair' && !draft.same) return 'To count pairs, say what all steps share.';
  return null;
}

/** The steps with one of them elsewhere. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  if (to < 0 || to >= list.length || from === to) return list;
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, list[from]!);
}

/** The words for each choice, the default first. */
export const CHOICES = {
  order: [
    { value: 'ordered', label: 'in order; other events may lie between' },
    { value: 'strict', label: 'in order; nothing between' },
    { value: 'any', label: 'in any order' },
  ],
  anchor: [
    { value: 'any', label: 'any first step (the best counts)' },
    { value: 'first', label: 'the very first one only' },
  ],
  scope: [
    { value: 'visitor', label: 'across visits' },
    { value: 'session', label: 'within one visit' },
  ],
  entry: [
    { value: 'closed', label: 'at the first step only' },
    { value: 'open', label: 'at any step' },
  ],
  count: [
    { value: 'visitor', label: 'visitors' },
    { value: 'session', label: 'sessions' },
    { value: 'pair', label: 'pairs of visitor and what is shared' },
    { value: 'total', label: 'every entry' },
  ],
} as const;

const words = (choice: keyof typeof CHOICES, value: string | undefined) =>
  CHOICES[choice].find((one) => one.value === value)?.label ?? value ?? '';

/** A funnel as lines of words, for versions and their differences. */
export function funnelLines(form: FunnelForm): [string, string][] {
  const set = (key: keyof typeof CHOICES, label: string): [string, string][] => {
    const value = form[key];
    return value && value !== CHOICES[key][0].value ? [[label, words(key, value)]] : [];
  };
  return [
    ...form.steps.map((step, at): [string, string] => [`Step ${at + 1}`, stepWords(step)]),
    ...(form.window ? [['Window', lengthWords(form.window)] as [string, string]] : []),
    ...set('order', 'Order'),
    ...set('anchor', 'Begins with'),
    ...set('scope', 'Reaches'),
    ...set('entry', 'Entry'),
    ...set('count', 'Counts'),
    ...(form.same ? [['All steps share', form.same] as [string, string]] : []),
    ...(form.exclude ?? []).map((one): [string, string] => [
      'Broken by',
      [
        stepWords(one),
        typeof one === 'object' && one.after && `after ${one.after}`,
        typeof one === 'object' && one.before && `before ${one.before}`,
      ]
        .filter((part) => !!part)
        .join(', '),
    ]),
  ];
}
