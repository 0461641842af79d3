// The overview: what it shows is what the API answers, in every look, by keyboard too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
/** Days that the simulated shop has. */
const RANGE = { from: '2026-03-06', to: '2026-04-04' };
const PATH = `/sites/shop/overview?range=${RANGE.from}..${RANGE.to}`;

const ready = (page) => page.getByRole('heading', { name: /^purchase headline/ });

it.looks('overview', PATH, ready, { then: (page) => page.locator('.u-wrap').waitFor() });
it.looks('overview-empty', '/sites/shop/overview?range=2020-01-01..2020-01-31', (page) =>
  page.getByText('No visitors in this period.'),
);

const THIN = /[\u202f\u00a0]/g;
const texts = async (locator) =>
  (await locator.allInnerTexts()).map((text) => text.replace(THIN, ' ').trim());
const count = (value) => value.toLocaleString('en-GB');

test('numbers on screen are the answers of the API', async () => {
  const over = { range: RANGE };
  const { total } = await it.shop.api('POST', '/sites/shop/query', { overview: { over } });
  const page = await it.open(PATH);
  const headline = total.goals.find((goal) => goal.headline);
  const { numerator, denominator, share } = headline.rates.visitor;
  const card = page.getByRole('region', { name: /^purchase headline/ });
  assert.match((await texts(card.locator('.share')))[0], new RegExp(`^${(share * 100).toFixed(2)} %`));
  await card.getByText(`${count(numerator)} of ${count(denominator)} visitors`, { exact: true }).waitFor();
  await card
    .getByRole('button', { name: new RegExp(`^${count(headline.conversions)}\\s*: show the events$`) })
    .waitFor();

  const rows = page.getByRole('region', { name: /^Milestones/ }).getByRole('row');
  const milestones = total.goals.filter((goal) => goal.role === 'milestone');
  assert.equal(await rows.count(), 1 + milestones.length);
  for (const goal of milestones) {
    const row = rows.filter({ has: page.getByRole('rowheader', { name: goal.name, exact: true }) });
    await row.getByText(count(goal.rates.visitor.numerator), { exact: true }).waitFor();
  }
});

test('the events behind the headline are as many as it says', async () => {
  const over = { range: RANGE };
  const { matched, counted } = await it.shop.api('POST', '/sites/shop/query', {
    events: { goal: 'purchase', over },
  });
  const page = await it.open(PATH);
  await page.getByRole('button', { name: /: show the events$/ }).click();
  const dialog = page.getByRole('dialog', { name: /^purchase/ });
  await dialog.getByText(`${count(matched)} events match, ${count(counted)} counted`).waitFor();
  assert.deepEqual(await it.faults(page), []);
  await it.picture(page, 'overview-events', { fullPage: false });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.match(await page.evaluate(() => document.activeElement.textContent), /show the events/);
});

test('milestones stand in the order of the funnel', async () => {
  const page = await it.open(PATH);
  const region = page.getByRole('region', { name: /^Milestones/ });
  const names = await texts(region.locator('tbody th .value'));
  assert.deepEqual(names, ['product view', 'add to cart', 'checkout', 'checkout details']);
});

test('a rate says its counts and interval on hover and on focus', async () => {
  const page = await it.open(PATH);
  const rate = page.locator('.big button');
  const hint = page.locator('[role=tooltip]');
  await rate.hover();
  await hint.getByText(/ of .* visitors$/).waitFor();
  await page.mouse.move(2, 400);
  await hint.waitFor({ state: 'detached' });
  await rate.focus();
  await hint.getByText(/is probably between/).waitFor();
  await page.keyboard.press('Escape');
  await hint.waitFor({ state: 'detached' });
});

test('range, base, filter and breakdown are in the address, and come back with it', async () => {
  const page = await it.open(PATH);
  await page.getByLabel('Base').selectOption('session');
  await page.getByLabel('Break down by').selectOption('device');
  await page.getByRole('link', { name: 'mobile' }).click();
  await page.getByRole('button', { name: /^Remove the filter Device is mobile/ }).waitFor();
  const url = new URL(page.url());
  assert.deepEqual([...url.searchParams].sort(), [
    ['base', 'session'],
    ['by', 'device'],
    ['filter', 'device=mobile'],
    ['range', `${RANGE.from}..${RANGE.to}`],
  ]);
  const other = await it.open(url.pathname + url.search);
  await other.getByRole('button', { name: /^Remove the filter Device is mobile/ }).waitFor();
  await other
    .getByText(/ sessions$/)
    .first()
    .waitFor();
  await page.goBack();
  await page.getByRole('button', { name: /^Remove the filter/ }).waitFor({ state: 'detached' });
});

test('everything works by keyboard: skip link, keys, chart', async () => {
  const page = await it.open(PATH);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  const chart = page.getByRole('group', { name: /by day$/ });
  await chart.focus();
  await page.keyboard.press('End');
  await page.locator('.told').getByText(/4 Apr/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.waitForURL(/\/funnels\?range=/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
});

test('a note is written, shown on its day, and taken away', async () => {
  const page = await it.open(PATH);
  await page.getByRole('button', { name: '+ Note' }).click();
  await page.getByLabel('Day of the note').fill('2026-03-12');
  await page.getByLabel('Note', { exact: true }).fill('<b>New</b> cart button');
  await page.getByRole('button', { name: 'Add note' }).click();
  await page.getByText('<b>New</b> cart button', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Delete the note of 12 Mar' }).click();
  await page.getByText('<b>New</b> cart button', { exact: true }).waitFor({ state: 'detached' });
});

test('an error of the API is said, with a way to try again', async () => {
  it.expected.push(/503/);
  const page = await it.open('/sites/shop/settings');
  const error = { code: 'busy', message: 'Waymark is busy.', hint: 'Wait a little.' };
  await page.route('**/query', (route) => route.fulfill({ status: 503, json: { error } }), { times: 1 });
  await page.goto(PATH, { waitUntil: 'networkidle' });
  await page.getByRole('alert').getByText('Waymark is busy.').waitFor();
  await it.picture(page, 'overview-error');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await ready(page).waitFor();
});

test('a viewer sees the numbers, and nothing that changes things', async () => {
  const page = await it.open(PATH, { as: 'viewer' });
  await ready(page).waitFor();
  assert.equal(await page.getByRole('button', { name: '+ Note' }).count(), 0);
});
