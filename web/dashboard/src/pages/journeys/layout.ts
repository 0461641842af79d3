// Where the places of paths stand, and how wide the bands between them are. Pure geometry: it knows no page and asks nothing.

import type { NodeKind, PathLink, PathNode } from '../../api/journeys';

/** Lengths in pixels. */
export const BAR = 9;
export const SLOT = 19;
const GAP = 5;

export interface Placed {
  node: PathNode;
  /** Place among the columns, from the left. */
  column: number;
  x: number;
  /** Where its bar begins, and how high that is. */
  y: number;
  height: number;
  /** Where its name stands. */
  top: number;
}

export interface Band {
  link: PathLink;
  path: string;
  width: number;
}

export interface Layout {
  nodes: Placed[];
  bands: Band[];
  columns: number;
  /** From one column to the next. */
  pitch: number;
  height: number;
}

const LAST: Record<NodeKind, number> = { goal: 0, place: 0, other: 1, start: 2, end: 2 };

/** Steps from the left to the right in the order of time; the larger a place, the higher it stands. */
export function layOut(nodes: PathNode[], links: PathLink[], width: number, most: number): Layout {
  const steps = [...new Set(nodes.map(({ step }) => step))].sort((one, other) => one - other);
  const pitch = width / Math.max(1, steps.length);
  const columns = steps.map((step) => nodes.filter((node) => node.step === step));
  const order = ordered(columns, links, steps.indexOf(0));
  const scale = scaleFor(order, most);
  const placed = new Map<string, Placed>();
  order.forEach((column, at) => {
    let y = 0;
    for (const node of column) {
      const height = Math.max(1.5, node.sessions * scale);
      const middle = y + Math.max(0, SLOT - height) / 2;
      placed.set(node.id, { node, column: at, x: at * pitch, y: middle, height, top: y });
      y += Math.max(height, SLOT) + GAP;
    }
  });
  const bottom = Math.max(0, ...[...placed.values()].map(({ top, height }) => top + Math.max(height, SLOT)));
  return {
    nodes: [...placed.values()],
    bands: bandsOf(links, placed, scale),
    columns: steps.length,
    pitch,
    height: bottom,
  };
}

/** The columns, each sorted by where its places lead to nearer the goal, so that few bands cross. */
function ordered(columns: PathNode[][], links: PathLink[], goal: number): PathNode[][] {
  const rank = new Map<string, number>();
  const done: PathNode[][] = columns.map((column) => column);
  const outward = columns
    .map((_, at) => at)
    .sort((one, other) => Math.abs(one - goal) - Math.abs(other - goal));
  for (const at of outward) {
    const middle = new Map(columns[at]!.map((node) => [node.id, middleOf(node, links, rank)]));
    const sorted = columns[at]!.toSorted(
      (one, other) =>
        LAST[one.kind] - LAST[other.kind] ||
        middle.get(one.id)! - middle.get(other.id)! ||
        other.sessions - one.sessions,
    );
    sorted.forEach((node, place) => rank.set(node.id, place));
    done[at] = sorted;
  }
  return done;
}

/** The mean rank of a place's neighbours that stand already, by sessions. */
function middleOf(node: PathNode, links: PathLink[], rank: Map<string, number>): number {
  let [sum, weight] = [0, 0];
  for (const { from, to, sessions } of links) {
    const other = from === node.id ? to : to === node.id ? from : null;
    const place = other === null ? undefined : rank.get(other);
    if (place === undefined) continue;
    sum += place * sessions;
    weight += sessions;
  }
  return weight ? sum / weight : 0;
}

/** Pixels for a session, so that no column is higher than that. */
function scaleFor(columns: PathNode[][], most: number): number {
  const largest = Math.max(1, ...columns.map((column) => sum(column.map(({ sessions }) => sessions))));
  let scale = most / largest;
  const height = (column: PathNode[]) =>
    sum(column.map(({ sessions }) => Math.max(SLOT, sessions * scale) + GAP)) - GAP;
  for (let tries = 0; tries < 60 && columns.some((column) => height(column) > most); tries++) scale *= 0.93;
  return scale;
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function bandsOf(links: PathLink[], placed: Map<string, Placed>, scale: number): Band[] {
  const used = new Map<string, number>();
  const take = (key: string, width: number) => {
    const at = used.get(key) ?? 0;
    used.set(key, at + width);
    return at + width / 2;
  };
  const ends = links.flatMap((link) => {
    const [from, to] = [placed.get(link.from), placed.get(link.to)];
    return from && to ? [{ link, from, to }] : [];
  });
  const starts = new Map<PathLink, number>();
  for (const { link, from } of ends.toSorted((one, other) => one.to.y - other.to.y))
    starts.set(link, from.y + take(`from:${from.node.id}`, link.sessions * scale));
  return ends
    .toSorted((one, other) => one.from.y - other.from.y)
    .map(({ link, from, to }) => {
      const width = Math.max(1, link.sessions * scale);
      const [x0, x1] = [from.x + BAR, to.x];
      const y0 = starts.get(link)!;
      const y1 = to.y + take(`to:${to.node.id}`, link.sessions * scale);
      const bend = (x0 + x1) / 2;
      return { link, width, path: `M${x0},${y0}C${bend},${y0} ${bend},${y1} ${x1},${y1}` };
    });
}
