// Bundles the browser script: `dist/wm.js`, and `dist/wm-more.js`, which the first fetches when it is needed.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What all current browsers read. */
const LANGUAGE = 2020;

/**
 * What our two files share, and nobody else. A name keeps its letter for good: a core from a browser's cache may meet a
 * newer second file.
 */
const SHARED = {
  capture_: 'c',
  declared_: 'd',
  enqueue_: 'e',
  failing_: 'f',
  leaves_: 'l',
  options_: 'o',
  visitor_: 'v',
  waiting_: 'w',
};

const bundle = async (entry, format, around = {}) => {
  const made = await build({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    format,
    target: `es${LANGUAGE}`,
    charset: 'utf8',
    minify: true,
    // Without `alwaysStrict` of the type check, which would add a directive.
    tsconfigRaw: { compilerOptions: { target: `es${LANGUAGE}` } },
    mangleProps: /_$/,
    mangleCache: SHARED,
    ...around,
  });
  const unknown = Object.keys(made.mangleCache).filter((name) => !(name in SHARED));
  if (unknown.length) throw new Error(`names without a letter in build.js: ${unknown.join(', ')}`);
  return made.outputFiles[0].text;
};

const minified = async (text, module) => {
  const made = await minify(text, {
    ecma: LANGUAGE,
    module,
    toplevel: true,
    compress: { passes: 2 },
  });
  return made.code + '\n';
};

await mkdir(here('dist'), { recursive: true });
// Where the script cannot start, the page must not hear of it.
const guard = { banner: { js: 'try{' }, footer: { js: '}catch{}' } };
const core = await bundle('src/main.ts', 'iife', guard);
const more = await bundle('src/more/main.ts', 'esm');
await writeFile(here('dist/wm.js'), await minified(core, false));
await writeFile(here('dist/wm-more.js'), await minified(more, true));
