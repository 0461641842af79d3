// Prints what the script weighs beside others, and fails when the core is over its budget.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes after gzip. */
const BUDGET = 2200;

/** Peers that npm has, bundled and measured here. */
const PEERS = ['plausible-tracker', '@plausible-analytics/tracker'];

/** Peers that it has not: published sizes, not measured here. */
const CITED = [
  ['Medama', 780],
  ['Liwan', 1107],
  ['Umami', 2219],
  ['OpenPanel', 3290],
  ['GoatCounter', 3331],
];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const weight = (bytes) => gzipSync(bytes, { level: 9 }).length;
const line = (what, bytes, note) => console.log(`${String(bytes).padStart(6)}  ${what.padEnd(36)}${note}`);

const ours = async (file) => weight(await readFile(here(`dist/${file}`)));

const peer = async (name) => {
  const about = JSON.parse(await readFile(here(`../node_modules/${name}/package.json`), 'utf8'));
  const entry = `import * as it from '${name}'; globalThis.it = it;`;
  const stdin = { contents: entry, resolveDir: here('.') };
  const made = await build({
    stdin,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
  });
  line(`${name} ${about.version}`, weight(made.outputFiles[0].contents), 'from npm');
};

const core = await ours('wm.js');
console.log('bytes after gzip -9');
line('waymark wm.js', core, `budget ${BUDGET}`);
line('waymark wm-more.js', await ours('wm-more.js'), 'fetched after the page');
for (const name of PEERS) await peer(name);
for (const [name, bytes] of CITED) line(name, bytes, 'cited');
if (core > BUDGET) {
  console.error(
    `wm.js is ${core - BUDGET} bytes over its budget: move to wm-more.js what a page can wait for`,
  );
  process.exitCode = 1;
}
