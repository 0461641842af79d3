// Goals while they are edited: nothing is lost between the wire and the editor, and what is missing is said.

import { expect, test } from 'vitest';
import type { Mend } from '../../api';
import type { GoalForm } from '../../api/definitions';
import { emptyDraft, goalLines, lookWords, mended, readGoal, wrong, writeGoal, type Draft } from './goal';

const micro = { name: 'n', role: 'milestone', headline: false } as const;

test('reading and writing gives the same goal', () => {
  const check = (goal: GoalForm) =>
    expect(writeGoal(readGoal(goal))).toEqual({ counting: 'once_per_session', ...goal });
  check({ ...micro, event: 'signup' });
  check({ ...micro, event: 'signup', counting: 'once_per_visitor' });
  check({ ...micro, event: ['a', 'b*'], where: { 'prop.list': 'news', path: ['/a', '/b'] } });
  check({ ...micro, where: { path: { starts_with: '/shop/' }, amount: { present: true } } });
  check({ ...micro, duration_ms: 90_000 });
  check({ ...micro, pages: 4 });
  check({
    name: 'buy',
    role: 'macro',
    headline: true,
    event: 'p',
    counting: 'once_per_key',
    value: 'from_event',
  });
  check({ ...micro, event: 'x', value: { amount: 1990, currency: 'EUR' } });
  check({ ...micro, event: 'x', value: { amount: 1990, currency: 'JPY' } });
  check({ ...micro, event: 'x', value: { amount: 199_000, currency: 'HUF' } });
});

test('how often a goal counts goes by its role until it is chosen', () => {
  const check = (change: Partial<Draft>, expected: GoalForm['counting']) =>
    expect(writeGoal({ ...emptyDraft(), ...change }).counting).toBe(expected);
  check({}, 'once_per_session');
  check({ role: 'macro' }, 'every');
  check({ role: 'macro', counting: 'once_per_session' }, 'once_per_session');
  check({ role: 'macro', events: ['purchase'] }, 'every');
  // Loading a page again never counts again by itself.
  const path = { key: 'path', test: 'is', value: '/thanks' } as const;
  check({ role: 'macro', events: ['pageview'] }, 'once_per_session');
  check({ role: 'macro', events: [' pageview '], lines: [path] }, 'once_per_session');
  check({ role: 'macro', events: [''], lines: [path] }, 'once_per_session');
  check({ role: 'macro', events: ['purchase'], lines: [path] }, 'every');
  check({ role: 'macro', events: ['pageview', 'purchase'], lines: [path] }, 'every');
  check({ role: 'macro', events: ['pageview'], counting: 'every' }, 'every');
  check({ role: 'macro', kind: 'pages', events: ['pageview'] }, 'every');
  // A saved page goal that counts every time goes on doing so until somebody changes it.
  const saved = { name: 'n', role: 'macro', headline: false, event: 'pageview', counting: 'every' } as const;
  expect(writeGoal(readGoal(saved)).counting).toBe('every');
  // What a saved goal states beyond its role's rule stays.
  expect(readGoal({ ...micro, counting: 'once_per_session' }).counting).toBe('');
  expect(readGoal({ ...micro, role: 'macro', counting: 'once_per_session' }).counting).toBe(
    'once_per_session',
  );
});

test('a remark is settled by a change of one thing', () => {
  const saved = { ...micro, version: 3, event: 'buy', counting: 'every' as const, value: null };
  const check = (mend: Mend, change: Partial<GoalForm>) => {
    const { version: _, ...form } = saved;
    expect(mended(saved, mend)).toEqual({ ...form, ...change });
  };
  check('count_once_per_key', { counting: 'once_per_key' });
  check('count_once_per_session', { counting: 'once_per_session' });
  check('value_from_event', { value: 'from_event' });
});

test('a micro is never the headline', () => {
  const draft = { ...readGoal({ ...micro, event: 'x' }), headline: true };
  expect(writeGoal(draft).headline).toBe(false);
  expect(writeGoal({ ...draft, role: 'macro' }).headline).toBe(true);
});

test('what is missing is said in words', () => {
  const check = (change: Partial<Draft>, expected: string | null) =>
    expect(wrong({ ...emptyDraft(), events: ['x'], ...change })).toBe(expected);
  check({}, null);
  check({ events: [''] }, 'Choose an event.');
  check({ events: [], lines: [{ key: 'path', test: 'is', value: '/a' }] }, null);
  check({ lines: [{ key: 'path', test: 'is', value: '' }] }, 'Complete the condition, or remove it.');
  check({ kind: 'pages', pages: '0' }, 'Enter the number of pages.');
  check({ value: 'fixed', amount: '0' }, 'Enter what each conversion is worth.');
  check({ value: 'fixed', amount: '5', currency: 'euro' }, 'A currency has three letters, such as EUR.');
});

test('a goal in words', () => {
  const check = (goal: Partial<GoalForm>, expected: string) =>
    expect(lookWords({ ...micro, ...goal })).toBe(expected);
  check({ event: ['a', 'b'] }, 'a or b');
  check({ event: 'a', where: { path: '/x*' } }, 'a, where Page is /x*');
  check({ where: { path: '/x' } }, 'any event, where Page is /x');
  check({ duration_ms: 60_000 }, 'sessions of 1 minute or longer');
  check({}, 'n');
  expect(goalLines({ ...micro, role: 'macro', headline: true, event: 'a' })[1]).toEqual([
    'Role',
    'Macro conversion, headline',
  ]);
});
