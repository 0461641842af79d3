// Chromium, with every host name leading to the test's own server, and pages with the script in them.

import { existsSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { chromium } from 'playwright-core';
import { Site } from './site.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is, as `cargo xtask test` or the user says, else where Debian puts it. */
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';

/** The script's tag with further attributes; it comes from the test's own server unless another is named. */
export const tag = (attributes = '', host = 'http://shop.test') =>
  `<script defer src="${host}/wm.js" data-site="shop" ${attributes}></script>`;

export const document = (html, attributes, host) =>
  `<!doctype html><html><head><title>t</title>${tag(attributes, host)}</head><body>${html}</body></html>`;

/** Waits until the script's second file runs, on pages that fetch it by themselves. */
export const second = async (page) => {
  const fetched = await page.waitForFunction(
    () => performance.getEntriesByType('resource').find(({ name }) => name.includes('/wm-more.js'))?.name,
  );
  // The module that the page has already, once it was run.
  await page.evaluate(async (name) => void (await import(name)), await fetched.jsonValue());
};

/**
 * A server and a browser for all tests of a file; each test gets its own profile by `open`. A user agent that is given here
 * is also that of requests which outlive their page; the one of a profile is not.
 */
export const fixture = ({ userAgent } = {}) => {
  const it = { site: new Site(), errors: [] };
  let browser;
  let contexts = [];

  before(async () => {
    if (!existsSync(executablePath))
      throw new Error(`${executablePath} is missing: apt-get install chromium`);
    await it.site.start();
    const args = [...FLAGS, `--host-resolver-rules=MAP * 127.0.0.1:${it.site.port}, EXCLUDE 127.0.0.1`];
    if (userAgent) args.push(`--user-agent=${userAgent}`);
    browser = await chromium.launch({
      executablePath,
      args,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    it.site.clear();
    it.errors.length = 0;
  });
  after(async () => {
    await browser?.close();
    await it.site.stop();
  });

  /** A new person: an empty profile, and a user agent that says which test it is in. Errors in pages are collected. */
  it.person = async (options) => {
    const context = await browser.newContext({ userAgent: `Chromium Turn/${it.site.turn}`, ...options });
    contexts.push(context);
    context.on('weberror', (error) => it.errors.push(String(error.error())));
    return context;
  };

  /** A page at `http://shop.test/` with this body and these attributes on the script's tag. */
  it.open = async (html = '', attributes = '', { init, context } = {}) => {
    it.site.pages.set('/', document(html, attributes));
    const person = context || (await it.person());
    const page = await person.newPage();
    if (init) await page.addInitScript(init);
    await page.goto('http://shop.test/');
    return page;
  };
  return it;
};
