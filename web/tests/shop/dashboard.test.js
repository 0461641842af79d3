// The demonstration as a whole: one signs in by what the page shows, and sees the shop's clicks as they are made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storefront } from '../support/storefront.js';

const it = storefront('--events', '3000', '--days', '2');

/** The dashboard at a path, entered as the demonstration's account. */
const entered = async (path) => {
  const page = await it.person();
  await page.goto(new URL(path, it.demo.places.dashboard).href);
  await page.click('text=Open the demo');
  await page.waitForURL(`**/${path}`);
  return page;
};

test('the account is printed, and the page that signs in shows it', async () => {
  const { account } = it.demo.places;
  const page = await it.person();
  await page.goto(it.demo.places.dashboard);
  await page.waitForSelector(`text=${account.password}`);
  assert.ok((await page.textContent('body')).includes(account.email));
});

test('a click in the shop is on the Live page within a second', async () => {
  const dashboard = await entered('sites/shop/live');
  const shop = await it.person();
  await shop.goto(it.at('p/kettles-sku-0010'));
  await dashboard.waitForSelector('main >> text=view_item');
  const clicked = Date.now();
  await shop.click('[data-add]');
  await dashboard.waitForSelector('main >> text=add_to_cart', { timeout: 5000 });
  const took = Date.now() - clicked;
  console.log(`from the click to the Live page: ${took} ms`);
  assert.ok(took < 1000, `${took} ms`);
});

test('an order is in the headline of the overview', async () => {
  const before = (await it.demo.goals()).purchase.conversions;
  const shop = await it.person();
  const from = it.demo.seen.length;
  await shop.goto(it.at('p/mugs-sku-0033'));
  await shop.click('[data-add]');
  await shop.goto(it.at('checkout'));
  await shop.click('[data-example]');
  await shop.click('form .button');
  await shop.waitForURL('**/checkout/details');
  await shop.click('form .button');
  await it.demo.arrived(
    (seen) => seen.slice(from).some(({ event }) => event.name === 'purchase'),
    'purchase',
  );
  const dashboard = await entered('sites/shop/overview');
  const figure = new RegExp(`^${before + 1}\\s*: show the events$`);
  await dashboard.getByRole('button', { name: figure }).waitFor();
});
