// Where places stand: nothing overlaps, heights are to scale, and every band joins what it should.

import { expect, test } from 'vitest';
import type { PathLink, PathNode } from '../../api/journeys';
import { layOut } from './layout';

const node = (id: string, step: number, sessions: number, kind: PathNode['kind'] = 'place'): PathNode => ({
  id,
  step,
  kind,
  label: id,
  sessions,
  gross: {},
});
const link = (from: string, to: string, sessions: number): PathLink => ({ from, to, sessions, gross: {} });

const nodes = [
  node('goal', 0, 100, 'goal'),
  node('a', -1, 60),
  node('b', -1, 30),
  node('start', -1, 10, 'start'),
  node('c', -2, 20),
  node('d', -2, 70),
];
const links = [
  link('a', 'goal', 60),
  link('b', 'goal', 30),
  link('start', 'goal', 10),
  link('c', 'a', 20),
  link('d', 'b', 30),
  link('d', 'a', 40),
];

test('columns stand in the order of time, and start and end below', () => {
  const { nodes: placed, columns } = layOut(nodes, links, 900, 300);
  expect(columns).toBe(3);
  const of = (column: number) =>
    placed
      .filter((one) => one.column === column)
      .sort((one, other) => one.y - other.y)
      .map((one) => one.node.id);
  expect(of(2)).toEqual(['goal']);
  expect(of(1)).toEqual(['a', 'b', 'start']);
  expect(of(0)).toHaveLength(2);
});

test('heights are to scale, nothing overlaps, and all of it fits', () => {
  const { nodes: placed, height } = layOut(nodes, links, 900, 300);
  const scale = placed.find((one) => one.node.id === 'goal')!.height / 100;
  for (const one of placed) expect(one.height).toBeCloseTo(Math.max(1.5, one.node.sessions * scale), 6);
  for (const one of placed)
    for (const other of placed)
      if (one !== other && one.column === other.column && one.y <= other.y)
        expect(one.y + one.height).toBeLessThanOrEqual(other.y);
  expect(height).toBeLessThanOrEqual(300);
});

test('bands join their places, and one that is not there is left out', () => {
  const { bands } = layOut(nodes, [...links, link('a', 'nowhere', 3)], 900, 300);
  expect(bands.map(({ link: { from, to } }) => `${from}>${to}`).sort()).toEqual(
    links.map(({ from, to }) => `${from}>${to}`).sort(),
  );
  expect(layOut([], [], 900, 300).nodes).toEqual([]);
});
