// Live: events as they arrive, who is there, and what happens when the connection is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
const PATH = '/sites/shop/live';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** An acknowledged event is on the screen within this. */
const SOON_MS = 1000;

/** Sends an event of somebody to the shop, as a browser does. */
const send = async (event) => {
  const response = await fetch(`${it.shop.address}/v1/events`, {
    method: 'POST',
    headers: { 'user-agent': BROWSER },
    body: JSON.stringify({ site: 'shop', url: 'http://localhost/live', ...event }),
  });
  assert.equal(response.status, 200, await response.text());
};
const connected = (page) => page.getByText('Connected', { exact: true }).waitFor();
const newest = (page) => page.getByRole('list', { name: /^Latest events/ }).getByRole('listitem');

it.looks('live', PATH, (page) => page.getByRole('heading', { name: 'Latest events' }), {
  until: 'load',
  then: async (page) => {
    await connected(page);
    await page.getByRole('group', { name: /^Visitors by minute/ }).waitFor();
    await send({ name: 'pageview' });
    await send({ name: 'transaction', value: '49.90 EUR', key: `order-${Math.random()}` });
    await newest(page).filter({ hasText: '€49.90' }).first().waitFor();
  },
});

test('an event is shown within a second, and counted', async () => {
  const page = await it.open(PATH, { until: 'load' });
  await connected(page);
  await send({ name: 'counted_soon' });
  const sent = Date.now();
  await newest(page).filter({ hasText: 'counted_soon' }).waitFor();
  const took = Date.now() - sent;
  assert.ok(took < SOON_MS, `shown after ${took} ms`);
  await page.locator('.now strong').filter({ hasNotText: /^0$/ }).waitFor();
  const { visitors_now } = await it.shop.api('GET', '/sites/shop/live/now');
  assert.equal(await page.locator('.now strong').innerText(), String(visitors_now));
});

test('hostile names and pages are text', async () => {
  const page = await it.open(PATH, { until: 'load' });
  await connected(page);
  const name = '<img src=x onerror="alert(1)">';
  await send({ name, url: 'http://localhost/%3Cscript%3Ealert(1)%3C/script%3E' });
  await newest(page).filter({ hasText: name }).waitFor();
  assert.equal(await newest(page).locator('img, script').count(), 0);
});

test('an order told again is marked, and the headline’s events stand out', async () => {
  const page = await it.open(PATH, { until: 'load' });
  await connected(page);
  const { goals } = await it.shop.api('GET', '/sites/shop/definitions');
  const { event: name } = goals.find(({ headline }) => headline);
  const order = { name, value: '77.70 EUR', key: `order-${Math.random()}` };
  await send({ name: 'pageview' });
  await newest(page).filter({ hasText: 'pageview' }).first().waitFor();
  await send(order);
  const rows = newest(page).filter({ hasText: '€77.70' });
  await rows.first().waitFor();
  assert.match(await rows.first().getAttribute('class'), /headline/);
  assert.equal(await rows.getByText('already counted').count(), 0);
  await send(order);
  await rows.nth(1).waitFor();
  // The newest is first: the reload, which is no second order.
  await rows.nth(0).getByText('already counted', { exact: true }).waitFor();
  assert.equal(await rows.nth(1).getByText('already counted').count(), 0);
  assert.doesNotMatch(await rows.nth(0).getAttribute('class'), /headline/);
  await it.picture(page, 'live-repeat', { fullPage: false });
});

test('events that are left out of results say why', async () => {
  const page = await it.open(PATH, { until: 'load' });
  await connected(page);
  await send({ name: 'only_a_test', test: true });
  await newest(page)
    .filter({ hasText: 'only_a_test' })
    .getByText(/excluded: test/)
    .waitFor();
});

test('the list stands still while paused, and nothing of it is lost', async () => {
  const page = await it.open(PATH, { until: 'load' });
  await connected(page);
  await send({ name: 'before_the_pause' });
  await newest(page).filter({ hasText: 'before_the_pause' }).waitFor();
  await page.keyboard.press('p');
  await send({ name: 'while_paused' });
  await page.getByText('1 new event', { exact: true }).waitFor();
  assert.equal(await newest(page).filter({ hasText: 'while_paused' }).count(), 0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await newest(page).first().getByText('while_paused').waitFor();
});

test('a lost connection is said, and comes back by itself', async () => {
  it.expected.push(/503/);
  const context = await it.person();
  await context.route('**/api/**/live', (route) => route.fulfill({ status: 503, json: {} }), { times: 1 });
  const page = await it.open(PATH, { context, until: 'load' });
  await page.getByText('Connection lost. Trying again…').waitFor();
  await connected(page);
});

test('minutes are read by arrow keys, and are a table too', async () => {
  const page = await it.open(PATH, { until: 'load' });
  const chart = page.getByRole('group', { name: /^Visitors by minute/ });
  await chart.focus();
  await page.keyboard.press('End');
  await page
    .locator('.told')
    .getByText(/^\d\d:\d\d: \d+ visitors?, \d+ events?$/)
    .waitFor();
  await page.getByText('Show as table').click();
  assert.equal(await page.getByRole('table', { name: 'Visitors by minute' }).getByRole('row').count(), 31);
});
