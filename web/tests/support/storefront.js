// Chromium on the storefront of a demonstration: each test is a new person with a browser of its own version, as without
// consent people are told apart by that.

import { existsSync } from 'node:fs';
import { after, afterEach, before } from 'node:test';
import { chromium } from 'playwright-core';
import { Demo } from './demo.js';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
];

/** A demonstration for all tests of a file; `options` are those of `waymark demo`. */
export const storefront = (...options) => {
  const it = { errors: [] };
  let browsers = [];
  let persons = 0;

  before(async () => {
    if (!existsSync(executablePath))
      throw new Error(`${executablePath} is missing: apt-get install chromium`);
    it.demo = await Demo.start(...options);
    await it.demo.watch();
  });
  afterEach(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    browsers = [];
    it.errors.length = 0;
  });
  after(() => it.demo?.stop());

  /** A page in the browser of a new person. What goes wrong in it is collected in `errors`. */
  it.person = async (settings = {}) => {
    persons++;
    // Said by an argument: what is sent while a page goes away does not carry the agent of a context.
    const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${150 + persons}.0.0.0 Safari/537.36`;
    const args = [...FLAGS, `--user-agent=${agent}`];
    const browser = await chromium.launch({ executablePath, args });
    browsers.push(browser);
    const page = await (await browser.newContext(settings)).newPage();
    page.on('pageerror', (error) => it.errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && it.errors.push(message.text()));
    return page;
  };

  /** Where a path of the shop is. */
  it.at = (path) => new URL(path, it.demo.places.shop).href;
  return it;
};
