// Snippets of HTML and JavaScript in the documents, as a reader would paste them: in Chromium, or in Node, against the binary.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { fixture, tag } from '../support/browser.js';
import { Waymark } from '../support/waymark.js';

const ROOT = new URL('../../../', import.meta.url);
const FOLDERS = ['docs/', 'docs/guide/', 'web/tracker/', 'web/node/', 'web/dashboard/', 'web/shop/'];
const NODE = 'web/node/README.md';
const CLIENT = new URL('web/node/dist/index.js', ROOT).href;
/** What the documents call the server. */
const SERVER = /https?:\/\/(stats\.example|stats\.shop\.example|127\.0\.0\.1:8080)(?=[/'"])/g;
/** A browser that is not driven by a test. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

const markdown = (folder) => {
  const names = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.md'));
  return names.map((name) => folder + name);
};
const documents = ['README.md', ...FOLDERS.flatMap(markdown)].map((file) => ({
  file,
  text: readFileSync(new URL(file, ROOT), 'utf8'),
}));

/** Fenced blocks of these languages: `{ place, file, language, text }`. */
const blocks = documents.flatMap(({ file, text }) =>
  [...text.matchAll(/^```(html|js)\n(.*?)^```/gms)].map(({ 1: language, 2: body, index }) => ({
    place: `${file}:${text.slice(0, index).split('\n').length}`,
    file,
    language,
    text: body,
  })),
);

/** Calls of the script, and tags, within the text. */
const spans = documents.flatMap(({ file, text }) => {
  const prose = text.replace(/^```.*?^```/gms, '');
  const found = [...prose.matchAll(/`([^`]+)`/g)].map(({ 1: code }) => code.replace(/\s+/g, ' '));
  return found
    .filter((code) => /^(window\.)?waymark(\.(?!toml)|\()|^<script/.test(code))
    .map((code) => ({ file, code }));
});

const it = fixture();
const { site } = it;
let waymark;

beforeEach(async () => {
  waymark = await Waymark.create();
  await waymark.serve();
});
afterEach(() => waymark.remove());

/** The address of the server, in place of the one in the documents. */
const here = (text) => text.replace(SERVER, waymark.address).replaceAll('"/wm/', `"${waymark.address}/`);

/** Keeps what the page sends, so that a test can wait for it. */
const watch = () => {
  window.sent = '';
  const send = window.fetch;
  window.fetch = (url, options) => {
    window.sent += options?.body ?? '';
    return send(url, options);
  };
};

/** Opens a page with this HTML, and the script's tag unless it has one; `before` runs before the script. */
const open = async (html, before) => {
  const body = html.includes('wm.js') ? here(html) : tag('data-auto="-engagement"', waymark.address) + html;
  site.pages.set('/', `<!doctype html><html><head><title>t</title></head><body>${body}</body></html>`);
  const page = await (await it.person({ userAgent })).newPage();
  await page.addInitScript(watch);
  if (before) await page.addInitScript(before);
  await page.goto('http://shop.example/');
  await page.waitForFunction(() => typeof window.waymark === 'function' && !window.waymark.q);
  return page;
};

/** Acts on every element that declares an event; gives their names. */
const act = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-wm-event]')].map((element) => {
      addEventListener('submit', (event) => event.preventDefault());
      if (element.dataset.wmOn === 'seen') element.scrollIntoView();
      else if (element instanceof HTMLFormElement) element.requestSubmit();
      else element.click();
      return element.dataset.wmEvent;
    }),
  );

/** Tracks `done` and waits until it is answered: events before it have been answered for as well. */
const finish = async (page) => {
  const answered = page.waitForResponse((response) => !!response.request().postData()?.includes('"done"'));
  await page.evaluate(() => window.waymark('done'));
  assert.deepEqual((await (await answered).json()).refused, []);
};

const names = async () => (await waymark.stored()).map(({ name }) => name);

test('there are snippets', () => {
  assert.ok(blocks.length >= 8 && spans.length >= 6, `${blocks.length} blocks, ${spans.length} calls`);
});

for (const { place, language, text, file } of blocks) {
  if (language === 'html')
    test(`HTML, ${place}`, async () => {
      const page = await open(text);
      const declared = await act(page);
      // What waits to be seen is tracked once the browser says that it is in view.
      await page.waitForFunction(
        (wanted) => wanted.every((name) => window.sent.includes(`"${name}"`)),
        declared.filter(Boolean),
      );
      await finish(page);
      const stored = await names();
      for (const name of ['pageview', ...declared]) assert.ok(stored.includes(name), `${name}: ${stored}`);
      assert.deepEqual(it.errors, []);
    });
  else if (file === NODE)
    test(`Node, ${place}`, async () => {
      const { key } = JSON.parse(await waymark.command('--json', 'key', 'add', 'shop', '--scope', 'collect'));
      const folder = await mkdtemp(join(tmpdir(), 'waymark-snippet-'));
      try {
        const program = here(text).replace("'@waymark/node'", `'${CLIENT}'`);
        await writeFile(join(folder, 'snippet.mjs'), `const visitorId = 'v1';\n${program}`);
        await promisify(execFile)(process.execPath, [join(folder, 'snippet.mjs')], {
          env: { ...process.env, WAYMARK_KEY: key },
        });
      } finally {
        await rm(folder, { recursive: true });
      }
      assert.ok((await waymark.stored()).some(({ verified }) => verified));
    });
  else
    test(`JavaScript, ${place}`, async () => {
      const page = await open('');
      await page.evaluate(text);
      await finish(page);
      assert.deepEqual(it.errors, []);
      const tracked = [...text.matchAll(/waymark\('([^']+)', ?\{/g)].map(({ 1: name }) => name);
      const stored = await names();
      for (const name of tracked) assert.ok(stored.includes(name), `${name}: ${stored}`);
    });
}

test('the call that waits for the script', async () => {
  const stub = blocks.find(({ text }) => text.includes('waymark.q='));
  const page = await open('', `${stub.text}; waymark('early', { plan: 'pro' });`);
  await finish(page);
  assert.ok((await names()).includes('early'));
});

for (const { file, code } of spans)
  test(`${file}: ${code}`, async () => {
    if (code.startsWith('<script')) return finish(await open(code + '</script>'));
    const page = await open('');
    await page.evaluate(code);
    if (!code.includes("'opt'")) await finish(page);
    assert.deepEqual(it.errors, []);
  });
