// Funnels while they are edited: nothing is lost between the wire and the builder, and what is missing is said.

import { expect, test } from 'vitest';
import type { FunnelForm } from '../../api/definitions';
import { emptyStep, funnelLines, moved, readDraft, stepsLine, writeDraft, wrong } from './draft';

test('reading and writing gives the same funnel', () => {
  const check = (form: FunnelForm) => expect(writeDraft(readDraft(form))).toEqual(form);
  check({ steps: ['view', 'purchase'] });
  check({
    steps: ['view', { goal: 'cart', within: '2h', label: 'put in the cart' }, 'purchase'],
    window: '7d',
  });
  check({
    steps: [
      { event: 'view', where: { path: '/p/*' } },
      { event: 'newsletter', optional: true },
      { where: { 'prop.plan': { at_least: 3 }, path: ['/a', '/b'] } },
      { duration: '60s' },
      { pages: 4 },
    ],
    order: 'strict',
    anchor: 'first',
    scope: 'session',
    entry: 'open',
    count: 'pair',
    same: 'prop.item',
    exclude: ['logout', { event: 'removed', after: 'view', before: 'cart' }],
  });
  check({ steps: ['view', { event: 'x', where: { path: { in: ['/a*'] } } }] });
});

test('what breaks a funnel follows the step that it was said of', () => {
  const draft = readDraft({ steps: ['a', 'b', 'c'], exclude: [{ event: 'x', after: 'b', before: 'c' }] });
  draft.steps[1]!.label = 'second';
  draft.steps = draft.steps.toSpliced(2, 1, emptyStep('d'));
  expect(writeDraft(draft).exclude).toEqual([{ event: 'x', after: 'second' }]);
});

test('an event among the conditions is the step’s name', () => {
  const steps = [
    'a',
    { where: { event: 'b', path: '/c' } },
    { where: { event: 'd' } },
    { where: { event: 'e*' } },
  ];
  expect(writeDraft(readDraft({ steps })).steps).toEqual([
    'a',
    { event: 'b', where: { path: '/c' } },
    { event: 'd' },
    { where: { event: 'e*' } },
  ]);
});

test('what is missing is said in words', () => {
  const check = (form: FunnelForm, expected: string | null) => expect(wrong(readDraft(form))).toBe(expected);
  check({ steps: ['a', 'b'] }, null);
  check({ steps: ['a', ''] }, 'Step 2: Choose a goal or an event.');
  check({ steps: ['a'] }, 'A funnel needs at least two steps that are not optional.');
  check(
    { steps: ['a', 'b', { event: 'c', optional: true }] },
    'The first and the last step cannot be optional.',
  );
  check({ steps: ['a', 'b'], count: 'pair' }, 'Choose the value that must be the same in all steps.');
  check(
    { steps: ['a', { event: 'b', where: { path: '' } }] },
    'Step 2: Complete the condition, or remove it.',
  );
});

test('an exclusion follows its step, whatever the server calls that', () => {
  const draft = readDraft({
    steps: [{ duration: '60s' }, 'a', 'b'],
    exclude: [{ event: 'x', after: 'step 1' }],
  });
  draft.steps = moved(draft.steps, 0, 1);
  expect(writeDraft(draft).exclude).toEqual([{ event: 'x', after: 'step 2' }]);
});

test('steps move, and stay where there is no room', () => {
  expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
});

test('a funnel in words', () => {
  const form: FunnelForm = {
    steps: ['view', { event: 'x', optional: true }, { goal: 'buy', within: '1h' }],
    window: '7d',
    order: 'strict',
    exclude: [{ event: 'logout', after: 'view' }],
  };
  expect(stepsLine(form)).toBe('view → (x) → buy');
  expect(funnelLines(form)).toEqual([
    ['Step 1', 'view'],
    ['Step 2', 'x, optional'],
    ['Step 3', 'buy, within 1 hour'],
    ['Time limit', '7 days'],
    ['Order', 'In order, with nothing in between'],
    ['Ends the attempt', 'logout, after view'],
  ]);
  expect(emptyStep('a').id).not.toBe(emptyStep('a').id);
});
