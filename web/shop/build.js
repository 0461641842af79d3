// Makes `dist`: every page as a file of HTML, the style, the one script, and the files that pages link to.

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('dist');

/** Bundled, for Node or for browsers. */
const bundled = async (entry, options) => {
  const made = await build({
    entryPoints: [here(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    ...options,
  });
  return made.outputFiles[0].text;
};

const write = async (path, content) => {
  const file = join(dist, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
};

await rm(dist, { recursive: true, force: true });
const source = await bundled('src/pages/all.ts', { platform: 'node' });
const { pages } = await import(`data:text/javascript;base64,${Buffer.from(source).toString('base64')}`);
for (const [path, content] of pages) await write(path, content);
await write('shop.js', await bundled('src/browser/main.ts', { minify: true }));
await write('shop.css', await bundled('src/shop.css', { minify: true }));
await cp(here('files'), dist, { recursive: true });
