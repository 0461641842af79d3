// Bundles the browser script: `dist/wm.js`, and `dist/wm-more.js`, which the first fetches when it is needed.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What all current browsers read. */
const LANGUAGE = 2020;

const bundle = async (entry, format, mangleCache, around = {}) => {
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
    // Names that end so are shared by our two files and by nobody else.
    mangleProps: /_$/,
    mangleCache,
    ...around,
  });
  return { text: made.outputFiles[0].text, mangleCache: made.mangleCache };
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
const core = await bundle('src/main.ts', 'iife', {}, guard);
const more = await bundle('src/more/main.ts', 'esm', core.mangleCache);
await writeFile(here('dist/wm.js'), await minified(core.text, false));
await writeFile(here('dist/wm-more.js'), await minified(more.text, true));
