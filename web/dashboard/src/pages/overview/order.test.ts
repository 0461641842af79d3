// Milestones by the funnel they are steps of.

import { expect, test } from 'vitest';
import type { GoalResult } from '../../api';
import { inFunnelOrder } from './order';

const check = (names: string[], funnels: unknown[][], expected: string[]) => {
  const goals = names.map((name) => ({ name }) as GoalResult);
  const known = funnels.map((steps, at) => ({ name: `f${at}`, version: 1, steps: steps as never[] }));
  expect(inFunnelOrder(goals, 'buy', known).map(({ name }) => name)).toEqual(expected);
};

test('milestones stand in the order of the funnel to the headline', () => {
  check(['b', 'a', 'c'], [['a', 'b', 'c', 'buy']], ['a', 'b', 'c']);
  check(['x', 'b', 'a'], [['a', { goal: 'b' }, 'buy']], ['a', 'b', 'x']);
  check(
    ['b', 'a'],
    [
      ['b', 'a', 'x', 'y', 'z'],
      ['a', 'b', 'buy'],
    ],
    ['a', 'b'],
  );
  check(['b', 'a'], [['b', 'a']], ['b', 'a']);
  check(['b', 'a'], [], ['b', 'a']);
  check(['b', 'a'], [[{ event: 'x' }, null, 'buy']], ['b', 'a']);
});
