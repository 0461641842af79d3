// Pages as sites have them, from the browser into the store, where goals find what happened on them.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { fixture, tag } from '../support/browser.js';
import { Waymark } from '../support/waymark.js';

/** What a browser says that is not driven by a test. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

const it = fixture({ userAgent });
const { site } = it;
let waymark;

beforeEach(async () => {
  waymark = await Waymark.create();
});
afterEach(() => waymark.remove());

const goal = ([name, what]) => `[[site.shop.goal]]\nname = "${name}"\nrole = "secondary"\n${what}\n`;

/** Leaves the page, once all that happened on it is stored. */
const leave = async (page) => {
  const last = page.waitForResponse((response) => !!response.request().postData()?.includes('"done"'));
  await page.evaluate(() => {
    window.waymark('done');
    dispatchEvent(new Event('pagehide'));
  });
  assert.deepEqual((await (await last).json()).refused, []);
};

/** What the report counts of each goal: what a page sends as it ends may come a moment later. */
const conversions = async (expected) => {
  for (let look = 0; ; look++) {
    const report = JSON.parse(await waymark.command('--json', 'report', '--site', 'shop'));
    const found = Object.fromEntries(
      report.overview.total.goals.map(({ name, conversions }) => [name, conversions]),
    );
    if (look === 20 || isDeepStrictEqual(found, expected)) return found;
    await setTimeout(200);
  }
};

/** A page of `testdata/cases`, with the script from the server under test. */
const readCase = async (file) => {
  const html = await readFile(new URL(`../../../testdata/cases/${file}`, import.meta.url), 'utf8');
  return html.replace('http://stats.example', waymark.address);
};

/** A visit to a page, or to a file of `testdata/cases`; then goals that look for this have so many conversions. */
const check = (name, { file, attributes = '', html, act, goals, expected }) =>
  test(name, async () => {
    const definitions = join(waymark.folder, 'definitions.toml');
    const list = Object.entries(goals).map(goal).join('');
    await writeFile(definitions, `[site.shop]\ntimezone = "UTC"\n${list}`);
    await waymark.command('goals', 'apply', definitions);
    await waymark.serve();
    const own = () => `<!doctype html>${tag(attributes, waymark.address)}${html}`;
    site.pages.set('/', file ? await readCase(file) : own());
    site.pages.set('/done', 'done');
    const page = await (await it.person({ userAgent })).newPage();
    await page.goto('http://www.shop.example/');
    await page.waitForFunction(
      () => typeof window.waymark === 'function' && document.readyState === 'complete',
    );
    await act(page);
    if (!page.url().includes('/done')) await leave(page);
    assert.deepEqual(await conversions(expected), expected);
    assert.deepEqual(it.errors, []);
  });

const routes = {
  cart: 'event = "pageview"\npath = "/#/cart"',
  thanks: 'event = "pageview"\npath = "/#/thanks*"',
};
check('routes in fragments are pages', {
  attributes: 'data-hash',
  html: '<a id="a" href="#/cart?item=7">cart</a> <a id="b" href="#/thanks/1">thanks</a>',
  act: async (page) => {
    await page.click('#a');
    await page.click('#b');
  },
  goals: routes,
  expected: { cart: 1, thanks: 1 },
});
check('unless the site does not say so', {
  html: '<a id="a" href="#/cart">cart</a>',
  act: (page) => page.click('#a'),
  goals: routes,
  expected: { cart: 0, thanks: 0 },
});
check('routes of the page that was found', {
  file: 'page-hash.html',
  act: async (page) => {
    await page.click('a[href="#/cart"]');
    await page.click('a[href="#/thanks"]');
  },
  goals: routes,
  expected: { cart: 1, thanks: 1 },
});
check('any fragment is a page where the site says so', {
  attributes: 'data-hash',
  html: '<a id="a" href="#cart">cart</a>',
  act: (page) => page.click('#a'),
  goals: { cart: 'event = "pageview"\npath = "/#cart"' },
  expected: { cart: 1 },
});

check('what is in a shadow root', {
  file: 'page-shadow-dom.html',
  act: async (page) => {
    await page.click('#o');
    await page.bringToFront();
    await page.click('#b');
    await page.fill('input', 'x');
    await page.click('#f button');
  },
  goals: {
    outbound: 'event = "$outbound"',
    plan: 'event = "choose_plan"',
    newsletter: 'event = "newsletter"',
    sent: 'event = "$form_submit"',
    abandoned: 'event = "$form_abandon"',
  },
  expected: { outbound: 1, plan: 1, newsletter: 1, sent: 1, abandoned: 0 },
});

const sent = {
  signup: 'event = "signup"',
  lead: 'event = "lead"',
  sent: 'event = "$form_submit"',
  abandoned: 'event = "$form_abandon"',
};
check('a form that a script submits', {
  file: 'page-forms.html',
  act: async (page) => {
    await page.fill('#f1 input', 'x');
    await page.click('#f1 button');
    await page.waitForURL('**/done?mail=x');
  },
  goals: sent,
  expected: { signup: 1, lead: 0, sent: 1, abandoned: 0 },
});
check('a form that its page stops', {
  file: 'page-forms.html',
  act: (page) => page.click('#f2 button'),
  goals: sent,
  expected: { signup: 0, lead: 0, sent: 0, abandoned: 0 },
});
check('and then does not', {
  file: 'page-forms.html',
  act: async (page) => {
    await page.click('#f2 button');
    await page.fill('#i2', 'x');
    await page.click('#f2 button');
    await page.waitForURL('**/done?');
  },
  goals: sent,
  expected: { signup: 0, lead: 1, sent: 1, abandoned: 0 },
});

const order = { order: 'event = "purchase"\nkey = true\nvalue = "event"' };
check('large integers as order keys', {
  html: '',
  act: (page) =>
    page.evaluate(() => {
      for (const key of [10n, '10', '11', 123456789012345678901n, 123456789012345678902n])
        window.waymark('purchase', { key, value: '5 EUR' });
    }),
  goals: order,
  expected: { order: 4 },
});
check('a large integer in a page that loads', {
  file: 'page-bigint.html',
  act: () => {},
  goals: order,
  expected: { order: 2 },
});
check('a page with Prototype.js', {
  html: '<script>Array.prototype.toJSON = function () { return JSON.stringify(this.slice()); }</script>',
  act: (page) =>
    page.evaluate(() =>
      window.waymark('purchase', { key: '1', value: '5 EUR', title: 'Sale 🎉'.slice(0, 6) }),
    ),
  goals: order,
  expected: { order: 1 },
});
