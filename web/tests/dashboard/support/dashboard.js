// The dashboard in Chromium, from the real binary with a simulated shop. What holds for every page is asked here: no
// serious fault of accessibility, no message on the console, the policy for scripts and styles in force, no sideways
// scrolling, nothing that jumps. Pictures are kept where WAYMARK_PICTURES says.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Shop } from './shop.js';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const pictures = process.env.WAYMARK_PICTURES;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/** The sum of layout shifts that nobody sees. */
const STEADY = 0.02;

/** How people look. */
export const LOOKS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  phone: {
    viewport: { width: 390, height: 844 },
    colorScheme: 'light',
    deviceScaleFactor: 2,
    hasTouch: true,
  },
};

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * One server and one browser for all tests of a file. `it.shop` is the server, `it.open(path)` a page of it.
 * `prepare` is given the shop before the first test; other options go to `Shop.open`.
 */
export const dashboard = ({ prepare, ...options } = {}) => {
  const it = { errors: [], expected: [] };
  let browser;
  let contexts = [];

  before(async () => {
    if (!existsSync(executablePath))
      throw new Error(`${executablePath} is missing: apt-get install chromium`);
    it.shop = await Shop.open(options);
    await prepare?.(it.shop);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    const unexpected = it.errors.filter((error) => !it.expected.some((known) => known.test(error)));
    it.errors = [];
    it.expected = [];
    assert.deepEqual(unexpected, [], 'messages on the console');
  });
  after(async () => {
    await browser?.close();
    await it.shop?.close();
  });

  /** A person: signed in as that account unless it is null, looking like that. */
  it.person = async ({ as = 'owner', look = 'light' } = {}) => {
    const context = await browser.newContext({
      ...LOOKS[look],
      baseURL: it.shop.address,
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    contexts.push(context);
    if (as) await context.addCookies(await it.shop.cookies(as));
    return context;
  };

  /**
   * A page of the dashboard, once everything that it asked for has come; `until: 'load'` where a stream goes on, `status`
   * where the address leads nowhere.
   */
  it.open = async (path, { context, until = 'networkidle', status = 200, ...who } = {}) => {
    if (status !== 200) it.expected.push(new RegExp(`\\b${status}\\b`));
    const page = await (context ?? (await it.person(who))).newPage();
    page.on('console', (said) => said.type() === 'error' && it.errors.push(said.text()));
    page.on('pageerror', (error) => it.errors.push(String(error)));
    await page.addInitScript(() => {
      globalThis.shifted = 0;
      const add = (list) =>
        list.getEntries().forEach((one) => (globalThis.shifted += one.hadRecentInput ? 0 : one.value));
      new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
    });
    const response = await page.goto(path, { waitUntil: until });
    assert.equal(response.status(), status, path);
    assert.equal(response.headers()['content-security-policy'], POLICY);
    return page;
  };

  /** Serious faults of accessibility on the page. */
  it.faults = async (page) => {
    // By the debugger, as the page's policy lets no script of ours in.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ['violations'] }),
    );
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  };

  it.picture = async (page, name, { fullPage = true } = {}) => {
    if (!pictures) return;
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage });
  };

  /**
   * Tests a page in light, dark and on a phone: it shows what `ready` looks for, and what holds for every page holds.
   * `then` may do more with each.
   */
  it.looks = (name, path, ready, { as, then, until, status } = {}) => {
    for (const look of Object.keys(LOOKS))
      test(`${name}, ${look}`, async () => {
        const page = await it.open(typeof path === 'function' ? path() : path, { as, look, until, status });
        await ready(page).first().waitFor();
        await page.evaluate(() => document.fonts.ready);
        await then?.(page, look);
        assert.deepEqual(await it.faults(page), []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${wide} px wider than the window`);
        const shifted = await page.evaluate(() => globalThis.shifted);
        assert.ok(shifted < STEADY, `layout shifts of ${shifted}`);
        await it.picture(page, `${name}-${look}`);
      });
  };
  return it;
};
