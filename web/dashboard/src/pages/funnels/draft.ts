// A funnel while it is edited: between the wire's form and what the builder shows. It asks nothing.

import type { FunnelForm, StepTable } from '../../api/definitions';
import type { Conditions } from '../../api';
import { conditionWords, toConditions, toLines, wrongLine, type Line } from '../../definitions/conditions';
import type { Lines } from '../../definitions/differ';
import { lengthWords } from '../../definitions/lengths';
import { t } from '../../text';
import { list } from '../../text/intl';

const { words, wrong: reasons } = t.funnels;

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

/** The text that a step's conditions look for first. */
const firstValue = (step: Step) => step.lines.find((line) => line.value)?.value;

/** What the server calls a step, by which exclusions refer to it. */
const wireName = (step: Step, at: number): string =>
  step.label || (step.kind === 'event' && (step.name || firstValue(step))) || ['step', at + 1].join(' ');

/** What an exclusion says of a step, whatever that is called. */
export const stepKey = (step: Step): Place => `#${step.id}`;

export function readDraft(form: FunnelForm): Draft {
  const steps = form.steps.map(readStep);
  // A name that no step has stays as it is: the server says what is wrong with it.
  const place = (name: string | null | undefined): Place => {
    const step = steps.find((one, at) => wireName(one, at) === name);
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
    const at = steps.findIndex((one) => stepKey(one) === place);
    return at >= 0 ? wireName(steps[at]!, at) : place.startsWith('#') ? '' : place;
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

/** What a step is called on the page. */
export function stepName(step: Step): string {
  if (step.label) return step.label;
  if (step.kind === 'duration') return words.duration(lengthWords(step.duration));
  if (step.kind === 'pages') return words.pages(Number(step.pages));
  return step.name || firstValue(step) || words.notChosen;
}

/** A step of the wire in words. */
export function stepWords(step: string | StepTable): string {
  const read = readStep(step);
  const where = typeof step === 'object' ? named(step).where : {};
  const conditions = read.kind === 'event' ? conditionWords(where ?? {}) : [];
  const isNamed = !!(read.label || read.name);
  let told = stepName(read);
  if (conditions.length) told = isNamed ? words.where(told, list(conditions)) : list(conditions);
  if (read.within) told = words.within(told, lengthWords(read.within));
  return read.optional ? words.optional(told) : told;
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
  if (step.kind === 'pages') return Number(step.pages) >= 1 ? null : reasons.pages;
  if (step.kind === 'duration') return step.duration ? null : reasons.duration;
  if (!step.name && !hasConditions(step)) return reasons.event;
  return wrongLine(step.lines);
};

/** Why a draft cannot be asked yet, in words; null when it can. */
export function wrong(draft: Draft): string | null {
  const at = draft.steps.findIndex(wrongStep);
  if (at >= 0) return reasons.ofStep(at + 1, wrongStep(draft.steps[at]!) ?? '');
  const required = draft.steps.filter((step) => !step.optional);
  if (required.length < 2) return reasons.tooFew;
  if (draft.steps[0]!.optional || draft.steps.at(-1)!.optional) return reasons.optionalEnd;
  const excluded = draft.exclude.find(wrongStep);
  if (excluded) return reasons.ofExclusion(wrongStep(excluded) ?? '');
  if (draft.count === 'pair' && !draft.same) return reasons.noSame;
  return null;
}

/** The steps with one of them elsewhere. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  if (to < 0 || to >= list.length || from === to) return list;
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, list[from]!);
}

/** What each choice is until somebody chooses. */
export const DEFAULTS = {
  order: 'ordered',
  anchor: 'any',
  scope: 'visitor',
  entry: 'closed',
  count: 'visitor',
} as const;
export type Choice = keyof typeof DEFAULTS;

/** A choice that is not the default, as a line. */
function choiceLine(form: FunnelForm, key: Choice): Lines {
  const { label, values } = t.funnels.choices[key];
  const value = form[key];
  if (!value || value === DEFAULTS[key]) return [];
  return [[label, (values as Record<string, string>)[value] ?? value]];
}

/** An exclusion with where it applies. */
function exclusionWords(one: string | StepTable): string {
  const { after, before } = typeof one === 'object' ? one : {};
  let told = stepWords(one);
  if (after) told = words.after(told, after);
  return before ? words.before(told, before) : told;
}

/** A funnel as lines of words, for versions and their differences. */
export const funnelLines = (form: FunnelForm): Lines => [
  ...form.steps.map((step, at): Lines[number] => [t.funnels.step.title(at + 1), stepWords(step)]),
  ...(form.window ? [[words.window, lengthWords(form.window)] as Lines[number]] : []),
  ...(Object.keys(DEFAULTS) as Choice[]).flatMap((key) => choiceLine(form, key)),
  ...(form.same ? [[t.funnels.options.same, form.same] as Lines[number]] : []),
  ...(form.exclude ?? []).map((one): Lines[number] => [t.funnels.options.exclusions, exclusionWords(one)]),
];
