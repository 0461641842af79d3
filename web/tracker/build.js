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
  say_: 's',
  visitor_: 'v',
  waiting_: 'w',
  wants_: 'a',
};

const bundle = async (entry) => {
  const made = await build({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    target: `es${LANGUAGE}`,
    charset: 'utf8',
    minify: true,
    // Without `alwaysStrict` of the type check, which would add a directive.
    tsconfigRaw: { compilerOptions: { target: `es${LANGUAGE}` } },
    mangleProps: /_$/,
    mangleCache: SHARED,
  });
  const unknown = Object.keys(made.mangleCache).filter((name) => !(name in SHARED));
  if (unknown.length) throw new Error(`names without a letter in build.js: ${unknown.join(', ')}`);
  return made.outputFiles[0].text;
};

const minified = async (text, options) => {
  const made = await minify(text, {
    ecma: LANGUAGE,
    toplevel: true,
    ...options,
  });
  return made.code + '\n';
};

/** What ends the script does not reach the page, and its developers are told. */
const guarded = (text) => `try{${text}}catch(why){console.warn('Not counted by Waymark:',why)}`;

/** All names of a script are in one block, which they leave as `var`, not as `let`. */
const enclosed = (text) => text.replace(/\bvar /g, 'let ');

await mkdir(here('dist'), { recursive: true });
const core = guarded(await bundle('src/main.ts'));
const more = await bundle('src/more/main.ts');
const small = await minified(core, { compress: { passes: 3, booleans_as_integers: true } });
await writeFile(here('dist/wm.js'), enclosed(small));
await writeFile(here('dist/wm-more.js'), await minified(more, { module: true, compress: { passes: 3 } }));
