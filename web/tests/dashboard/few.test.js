// Little data: a figure stays a figure, grey with its interval and a mark; none of many is said as it is; the headline shows
// its count until its rate can be compared.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Waymark } from '../support/waymark.js';
import { dashboard } from './support/dashboard.js';

const DEFINITIONS = `[site.shop]
timezone = "UTC"
goal = [
  { name = "purchase", role = "macro", headline = true, event = "purchase", key = true, value = "event" },
  { name = "cart", role = "milestone", event = "cart" },
  { name = "wish", role = "milestone", event = "wish" },
]
funnel = [
  { name = "way", steps = ["view", "cart", "purchase"], window = "1d" },
  { name = "wishes", steps = ["view", "wish"], window = "1d" },
]
`;
const VISITORS = 40;

/** A small shop: forty visitors, three with something in the cart, one order; nobody wished anything. */
const small = async () => {
  const made = await Waymark.create();
  const minute = (at) => `2026-03-10T10:${String(at).padStart(2, '0')}:00Z`;
  const rows = Array.from({ length: VISITORS }, (_, at) => `v${at},${minute(at)},view,,,`);
  for (const at of [0, 1, 2]) rows.push(`v${at},${minute(at + 1)},cart,,,`);
  rows.push(`v0,${minute(9)},purchase,o-1,19.90,EUR`);
  const file = join(made.folder, '..', `waymark-few-${process.pid}.csv`);
  const toml = join(made.folder, '..', `waymark-few-${process.pid}.toml`);
  await writeFile(file, `visitor,time,name,key,value,currency\n${rows.join('\n')}\n`);
  await writeFile(toml, DEFINITIONS);
  await made.command('import', '--site', 'shop', '--format', 'csv', file);
  await made.command('goals', 'apply', toml);
  await Promise.all([rm(file), rm(toml)]);
  return made;
};

const it = dashboard({ fill: small });
const RANGE = 'range=2026-03-01..2026-03-31';
const flat = (text) => text.replace(/[\s\u202f\u00a0]+/g, ' ').trim();
const shown = async (locator) => {
  const parts = locator.locator('.share, .interval, .mark');
  return (await parts.allInnerTexts()).map(flat).join(' ');
};

const ready = (page) => page.getByRole('heading', { name: /^purchase headline/ });
it.looks('few-overview', `/sites/shop/overview?${RANGE}`, ready);
it.looks('few-funnel', `/sites/shop/funnels?${RANGE}&funnel=way`, (page) => page.locator('.steps .n'));

test('the headline shows its count until the rate can be compared', async () => {
  const page = await it.open(`/sites/shop/overview?${RANGE}`);
  const card = page.getByRole('region', { name: /^purchase headline/ });
  assert.equal(flat(await card.locator('.big').innerText()), '1 conversion · €19.90');
  await card.getByText('Too early for a rate:').waitFor();
  assert.equal(await shown(card.locator('.rate')), '2.50 % 0.4–12.9 little data');
});

test('every share is a figure: with a mark where there is little data, as a count where it is none of many', async () => {
  const page = await it.open(`/sites/shop/overview?${RANGE}`);
  const row = (name) =>
    page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
      .first();
  assert.equal(await shown(row('cart').locator('.rate').first()), '7.5 % 2.6–19.9 little data');
  assert.equal(await shown(row('wish').locator('.rate').first()), '0 of 40 0.00–8.76');
  for (const path of [
    `/sites/shop/overview?${RANGE}`,
    `/sites/shop/funnels?${RANGE}`,
    `/sites/shop/funnels?${RANGE}&funnel=way&by=device`,
    `/sites/shop/funnels?${RANGE}&funnel=wishes`,
    `/sites/shop/goals?${RANGE}`,
    `/sites/shop/journeys?${RANGE}`,
  ]) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.locator('main .share').first().waitFor({ state: 'attached' });
    const shares = await page.locator('.rate .share').allTextContents();
    for (const share of shares) assert.match(flat(share), /^(–|[\d.]+ %|[\d,]+ of [\d,]+)$/, path);
    assert.doesNotMatch(await page.locator('main').innerText(), /^few$/m, path);
  }
});
