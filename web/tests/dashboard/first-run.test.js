// The first run, from the printed link to the overview, on a site of one's own and on the demonstration's shop: how long it
// takes until an event is on the screen is measured.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { Waymark } from '../support/waymark.js';
import { LOOKS } from './support/dashboard.js';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
/** From the printed link to the first event on the screen. */
const FIRST_EVENT_MS = 60_000;

/** A bakery's site: one page, with the snippet once it was put there. */
class Bakery {
  snippet = '';

  async start() {
    this.server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
      response.end(
        `<!doctype html><html><head><title>Bakery</title>${this.snippet}</head><body>Bread</body></html>`,
      );
    });
    await new Promise((ready) => this.server.listen(0, '127.0.0.1', ready));
    return this;
  }

  get port() {
    return this.server.address().port;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((ended) => this.server.close(ended));
  }
}

let waymark, bakery, browser;
before(async () => {
  waymark = await Waymark.empty();
  await waymark.serve();
  bakery = await new Bakery().start();
  const rules = `--host-resolver-rules=MAP *.bakery.example 127.0.0.1:${bakery.port}`;
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', rules] });
});
after(async () => {
  await browser?.close();
  await bakery?.stop();
  await waymark?.remove();
});

/** A new person's page, with what goes wrong in it. */
const person = async () => {
  const context = await browser.newContext({ ...LOOKS.light, userAgent: AGENT, timezoneId: 'Europe/Berlin' });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (said) => said.type() === 'error' && errors.push(said.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  return { context, page, errors };
};

/** Makes the first account, by the link that was printed. */
const setUp = async (page, said) => {
  await page.goto(/http:\/\/\S+\/setup#\S+/.exec(said)[0]);
  await page.getByLabel('Your name').fill('Ann');
  await page.getByLabel('E-mail').fill('ann@bakery.example');
  await page.getByLabel('Password', { exact: true }).fill('bread rises slowly');
  await page.getByRole('button', { name: 'Create account' }).click();
};

const inTime = (begun, where) => {
  const took = Date.now() - begun;
  console.log(
    `${where}: first event on the screen ${(took / 1000).toFixed(1)} s after the printed link was opened`,
  );
  assert.ok(took < FIRST_EVENT_MS, `${took} ms`);
};

const nothingWrong = (errors) => assert.deepEqual(errors, [], 'messages on the console');

test('from the printed link to the overview', async () => {
  const { context, page, errors } = await person();
  const begun = Date.now();
  await setUp(page, waymark.said);

  await page.getByLabel('Website address').fill('https://www.bakery.example/');
  assert.equal(await page.getByLabel('Short name').inputValue(), 'bakery');
  assert.equal(await page.getByRole('combobox', { name: 'Time zone' }).inputValue(), 'Europe/Berlin');
  await page.getByRole('button', { name: 'Continue' }).click();

  bakery.snippet = await page.getByLabel('the tracking code', { exact: true }).innerText();
  await page.getByText('Waiting for your first visitor…').waitFor();
  // The wrong host first: it is said what was refused, and why.
  const site = await context.newPage();
  await site.goto('http://old.bakery.example/');
  await page.getByText('The host of the page is not listed for this site.').waitFor();
  await site.goto('http://www.bakery.example/');
  await page.getByText('Events are arriving.').waitFor();
  await page.getByText(/The first event was pageview on www\.bakery\.example\//).waitFor();
  inTime(begun, 'a site of one’s own');

  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('So far, only page views have arrived.').waitFor();
  await site.evaluate(() => {
    globalThis.waymark('signup', { list: 'news' });
    globalThis.waymark('order', { value: '19.90 EUR', key: 'order-1' });
  });
  await page.getByRole('radio', { name: /^order 1 event\. Probably your headline/ }).waitFor();
  assert.ok(await page.getByRole('radio', { name: /^order/ }).isChecked());
  await page.getByLabel('Role of signup').selectOption('secondary');
  await page.getByRole('button', { name: 'Start with 2 goals' }).click();
  await page.waitForURL(/\/sites\/bakery\/overview/);
  await page.getByRole('heading', { name: /^order headline/ }).waitFor();
  nothingWrong(errors);
});

test('a thank-you page that is loaded again counts once', async () => {
  const { context, page, errors } = await person();
  await page.goto(`${waymark.address}/signin`);
  await page.getByLabel('E-mail').fill('ann@bakery.example');
  await page.getByLabel('Password', { exact: true }).fill('bread rises slowly');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/overview/);
  await page.goto(`${waymark.address}/new-site`);
  await page.getByLabel('Website address').fill('shop.bakery.example');
  await page.getByRole('button', { name: 'Continue' }).click();
  bakery.snippet = await page.getByLabel('the tracking code', { exact: true }).innerText();
  await page.getByText('Waiting for your first visitor…').waitFor();
  const visitor = await context.newPage();
  await visitor.goto('http://shop.bakery.example/thanks');
  await page.getByText('Events are arriving.').waitFor();
  for (let times = 0; times < 2; times++) {
    const sent = visitor.waitForResponse((response) => response.url().endsWith('/v1/events'));
    await visitor.reload();
    await sent;
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: 'A thank-you page that only buyers see' }).check();
  await page.getByRole('combobox', { name: 'Page' }).fill('/thanks');
  await page.getByRole('button', { name: 'Start with 1 goal', exact: true }).click();
  await page.waitForURL(/\/sites\/shop\/overview/);
  const card = page.getByRole('region', { name: /^purchase headline/ });
  await card.getByRole('button', { name: /^1\s*: show the events$/ }).waitFor();
  await card.getByText('once per session · 2 repeats removed').waitFor();
  // One of one is little data: the count stands for the rate, which is shown grey with its interval.
  assert.equal(await card.locator('.big').innerText(), '1 conversion');
  await card.getByText('Too early for a rate:').waitFor();
  const parts = await card.locator('.rate :is(.share, .interval, .mark)').allInnerTexts();
  assert.deepEqual(
    parts.map((part) => part.replace(/\s/g, ' ')),
    ['100.0 %', '20.7–100.0', 'little data'],
  );
  await page.getByRole('heading', { name: 'Warnings' }).waitFor();
  assert.equal(await page.getByText('reloading the thank-you page counts again').count(), 0);
  nothingWrong(errors);
});

/** What nobody can have for an address, in a browser that takes anything for a host. */
test('the wizard refuses what is not an address', async () => {
  const { page } = await person();
  await page.goto(`${waymark.address}/signin?next=/new-site`);
  await page.getByLabel('E-mail').fill('ann@bakery.example');
  await page.getByLabel('Password', { exact: true }).fill('bread rises slowly');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/new-site/);
  for (const typed of ['not a host', 'not%20a%20host', 'shop,example', '*.shop.example', 'shop..example']) {
    await page.getByLabel('Website address').fill(typed);
    await page.getByText('This is not a valid website address.', { exact: false }).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Continue' }).isDisabled(), typed);
  }
  await page.getByLabel('Website address').fill('https://Shop.Example/cart');
  await page.getByText('Waymark will accept events from shop.example.', { exact: false }).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Continue' }).isEnabled());
});

test('the same with the demonstration’s shop, which has the snippet already', async () => {
  const served = await Waymark.empty();
  try {
    await served.serve('--shop', 'on');
    const { context, page, errors } = await person();
    const begun = Date.now();
    await setUp(page, served.said);
    await page.getByLabel('Website address').fill(`${served.address}/shop/`);
    await page.getByLabel('Short name').fill('shop');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Waiting for your first visitor…').waitFor();
    const shop = await context.newPage();
    await shop.goto(`${served.address}/shop/`);
    await page.getByText('Events are arriving.').waitFor();
    await page.getByText(/The first event was pageview on .*\/shop\//).waitFor();
    inTime(begun, 'the demonstration’s shop');

    await shop.goto(`${served.address}/shop/p/mugs-sku-0033`);
    await shop.click('[data-add]');
    await shop.goto(`${served.address}/shop/checkout`);
    await shop.click('[data-example]');
    await shop.click('form .button');
    await shop.waitForURL('**/checkout/details');
    await shop.click('form .button');
    await shop.waitForURL('**/thank*');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('radio', { name: /^purchase/ }).waitFor();
    assert.ok(await page.getByRole('radio', { name: /^purchase/ }).isChecked());
    await page.getByRole('button', { name: /^Start with \d+ goals?$/ }).click();
    await page.waitForURL(/\/sites\/shop\/overview/);
    await page.getByRole('heading', { name: /^purchase headline/ }).waitFor();
    nothingWrong(errors);
  } finally {
    await served.remove();
  }
});
