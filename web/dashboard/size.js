// Prints what the dashboard's JavaScript weighs, and fails when it is over its budget. Run it after the build.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Bytes after gzip: all there is, and what the first view of the overview fetches. */
const BUDGET = { all: 200_000, first: 120_000 };
const FIRST = 'src/pages/overview/Overview.svelte';
/** What the overview's chart fetches. */
const PLOT = 'src/components/plot.ts';

const dist = (file) => fileURLToPath(new URL(`dist/${file}`, import.meta.url));
const manifest = JSON.parse(await readFile(dist('.vite/manifest.json'), 'utf8'));

/** A chunk with all that it needs before it runs. */
const needs = (key, known = new Set()) => {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`no chunk is made of ${key}: has it moved?`);
  if (known.has(chunk.file)) return known;
  known.add(chunk.file);
  chunk.imports?.forEach((other) => needs(other, known));
  return known;
};

const all = new Set(
  Object.values(manifest)
    .map(({ file }) => file)
    .filter((file) => file.endsWith('.js')),
);
const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const first = [entry, FIRST, PLOT].reduce((known, key) => needs(key, known), new Set());

const weights = new Map();
for (const file of all) weights.set(file, gzipSync(await readFile(dist(file)), { level: 9 }).length);
const sum = (files) => [...files].reduce((total, file) => total + weights.get(file), 0);
const line = (what, bytes, note) => console.log(`${String(bytes).padStart(7)}  ${what.padEnd(36)}${note}`);

console.log('bytes of JavaScript after gzip -9');
for (const [file, bytes] of [...weights].sort((one, other) => other[1] - one[1]))
  line(file, bytes, first.has(file) ? 'first view' : '');
line('dashboard, first view', sum(first), `budget ${BUDGET.first}`);
line('dashboard, all', sum(all), `budget ${BUDGET.all}`);
if (sum(first) > BUDGET.first || sum(all) > BUDGET.all) {
  console.error('the dashboard is over its budget: load lazily what a page can wait for, and look what grew');
  process.exitCode = 1;
}
