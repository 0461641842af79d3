// What people do in the storefront, and what the demonstration's goals count of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storefront } from '../support/storefront.js';

const it = storefront('--events', '3000', '--days', '2');

const KETTLE = { item: 'sku-0010', category: 'kettles' };
const WORTH = 2 * 5390;

/** By how much the goals' conversions rose, those that did not left out. */
const risen = (before, after) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, goal]) => [name, goal.conversions - before[name].conversions])
      .filter(([, more]) => more !== 0),
  );

/** Resolves once so many events of that name have arrived since `from`. */
const arrived = (from, name, count = 1) =>
  it.demo.arrived(
    (seen) => seen.slice(from).filter(({ event }) => event.name === name).length >= count && seen.at(-1),
    `${count} × ${name}`,
  );

/** What people did since then, without what the script captures by itself, as `[name, path, properties, value]`. */
const done = async (since) =>
  (await it.demo.stored())
    .filter(({ name, time }) => Date.parse(time) >= since && !name.startsWith('$'))
    .map(({ name, path, prop = {}, value_minor: value }) =>
      value === undefined ? [name, path, prop] : [name, path, prop, value],
    );

/** Runs what people do: what it was, and what was counted before and after. */
const counted = async (act) => {
  const [before, since] = [await it.demo.goals(), Date.now()];
  await act(it.demo.seen.length);
  return { before, after: await it.demo.goals(), done: await done(since) };
};

/** Opens a product, and looks at it until that has arrived, before the page moves on to what is wanted of it. */
const lookAndChoose = async (page) => {
  const from = it.demo.seen.length;
  await page.goto(it.at('.'));
  await page.click('[data-sku=sku-0010] a');
  await arrived(from, 'view_item');
  await page.fill('[data-quantity]', '2');
};

const order = async (page) => {
  await page.click('text=Go to the cart');
  await page.click('text=To the checkout');
  await page.click('text=Fill in an example');
  await page.click('text=Go on to delivery');
  await page.waitForURL('**/checkout/details');
  await page.click('text=Place the pretend order');
  await page.waitForURL('**/thank-you');
  return page.textContent('[data-key]');
};

test('an order is one purchase with its value, and so it stays when its page is loaded again', async () => {
  const page = await it.person();
  let key;
  const found = await counted(async (from) => {
    await lookAndChoose(page);
    await page.click('[data-add]');
    key = await order(page);
    await arrived(from, 'purchase');
    await page.reload();
    await arrived(from, 'purchase', 2);
  });
  assert.match(key, /^LK-[0-9A-V]{8}$/);
  const steps = { 'product view': 1, 'add to cart': 1, checkout: 1, 'checkout details': 1, purchase: 1 };
  assert.deepEqual(risen(found.before, found.after), steps);
  const [before, after] = [found.before.purchase, found.after.purchase];
  assert.equal(after.repeats_removed - before.repeats_removed, 1);
  assert.equal(after.value[0].gross - before.value[0].gross, WORTH);
  assert.deepEqual(found.done, [
    ['pageview', '/shop/', {}],
    ['pageview', '/shop/p/kettles-sku-0010', {}],
    ['view_item', '/shop/p/kettles-sku-0010', KETTLE],
    ['add_to_cart', '/shop/p/kettles-sku-0010', KETTLE, WORTH],
    ['pageview', '/shop/cart', {}],
    ['pageview', '/shop/checkout', {}],
    ['begin_checkout', '/shop/checkout', KETTLE, WORTH],
    ['pageview', '/shop/checkout/details', {}],
    ['checkout_details', '/shop/checkout/details', KETTLE, WORTH],
    ['pageview', '/shop/thank-you', {}],
    ['purchase', '/shop/thank-you', KETTLE, WORTH],
    ['pageview', '/shop/thank-you', {}],
    ['purchase', '/shop/thank-you', KETTLE, WORTH],
  ]);
  const purchases = (await it.demo.stored()).filter(({ name }) => name === 'purchase');
  assert.equal(new Set(purchases.map(({ key }) => key)).size, 1);
  assert.ok(
    purchases.every(({ tag, identity, currency }) => !tag && identity === 'audience' && currency === 'EUR'),
  );
  assert.deepEqual(it.errors, []);
});

test('the paths and products are those of the simulated days', async () => {
  const lines = (await it.demo.command('export', '--site', 'shop')).split('\n').filter(Boolean);
  const simulated = lines
    .map((line) => JSON.parse(line))
    .filter(({ host }) => host.endsWith('.shop.example'));
  const paths = new Set(simulated.map(({ path }) => path));
  const worth = new Map(
    simulated.filter((event) => event.name === 'add_to_cart').map((event) => [event.prop.item, event]),
  );
  const page = await it.person();
  for (const path of ['/shop/', '/shop/cart', '/shop/checkout', '/shop/checkout/details', '/shop/thank-you'])
    assert.ok(paths.has(path), path);
  await page.goto(it.at('.'));
  const cards = await page.$$eval('[data-grid] > li', (cards) =>
    cards.map((card) => ({ ...card.dataset, path: new URL(card.querySelector('a').href).pathname })),
  );
  assert.ok(cards.length >= 20);
  // The best sellers are in any sample of the simulation.
  for (const { path } of cards.slice(0, 4)) assert.ok(paths.has(path), path);
  const compared = cards.filter(({ sku }) => worth.has(sku));
  assert.ok(compared.length >= 4, `${compared.length}`);
  for (const { sku, price } of compared)
    assert.ok([1, 2].includes(worth.get(sku).value_minor / Number(price)), `${sku}: ${price}`);
});

test('a click is in the live stream within a second', async () => {
  const page = await it.person();
  await lookAndChoose(page);
  const from = it.demo.seen.length;
  const clicked = Date.now();
  await page.click('[data-add]');
  const { at, event } = await arrived(from, 'add_to_cart');
  const took = at - clicked;
  console.log(`from the click to the live stream: ${took} ms`);
  assert.ok(took < 1000, `${took} ms`);
  assert.deepEqual([event.path, event.value, event.currency], ['/shop/p/kettles-sku-0010', WORTH, 'EUR']);
});

test('signs of interest', async () => {
  const page = await it.person({ acceptDownloads: true });
  const found = await counted(async (from) => {
    await page.goto(it.at('.'));
    await page.fill('#newsletter-mail', 'customer@shop.example');
    await page.click('[data-newsletter] button');
    await arrived(from, 'newsletter_signup');
    const download = page.waitForEvent('download');
    await page.click('text=Brewing guide (PDF)');
    assert.equal((await download).suggestedFilename(), 'brewing-guide.pdf');
    await page.context().route('https://www.pinterest.com/**', (route) => route.fulfill({ body: '' }));
    await page.click('text=Pinterest');
    await arrived(from, 'social_follow');
    await page.goto(it.at('account/new'));
    await page.fill('#account-name', 'A. Customer');
    await page.fill('#account-mail', 'customer@shop.example');
    await page.keyboard.press('Enter');
    await arrived(from, 'account_created');
  });
  assert.deepEqual(risen(found.before, found.after), {
    newsletter: 1,
    brochure: 1,
    'follows us': 1,
    account: 1,
  });
  assert.deepEqual(found.done, [
    ['pageview', '/shop/', {}],
    ['newsletter_signup', '/shop/', {}],
    ['brochure_download', '/shop/', { file: 'brewing-guide.pdf' }],
    ['social_follow', '/shop/', { network: 'pinterest' }],
    ['pageview', '/shop/account/new', {}],
    ['account_created', '/shop/account/new', {}],
  ]);
  assert.ok(
    !JSON.stringify(await it.demo.stored()).includes('customer@'),
    'what is written in forms is not told',
  );
  assert.deepEqual(it.errors, []);
});

test('the video is watched in quarters', async () => {
  const page = await it.person();
  let stored;
  const found = await counted(async (from) => {
    await page.goto(it.at('brewing-notes-1'));
    const video = page.locator('video');
    await video.evaluate((video) => {
      video.playbackRate = 8;
      return video.play();
    });
    await arrived(from, '$video', 4);
    stored = (await it.demo.stored()).filter(({ name }) => name === '$video');
  });
  assert.deepEqual(
    stored.map(({ path, prop }) => [path, prop]),
    ['25', '50', '75', '100'].map((percent) => ['/shop/brewing-notes-1', { percent, video: 'pour-over' }]),
  );
  assert.deepEqual(risen(found.before, found.after), { 'video watched': 1 });
  assert.deepEqual(it.errors, []);
});

test('who wants to be recognised is, and may change their mind', async () => {
  const page = await it.person();
  const [from, since] = [it.demo.seen.length, Date.now()];
  const cookie = async () => (await page.context().cookies()).map(({ name }) => name);
  await page.goto(it.at('.'));
  await arrived(from, 'pageview');
  assert.deepEqual(await cookie(), []);
  await page.check('[data-consent]');
  await page.waitForFunction(() => document.cookie.includes('wm='));
  await page.click('text=hello@shop.example');
  await arrived(from, 'contact');
  // Who says yes in the middle of a visit is one visitor all the same.
  const stored = (await it.demo.stored()).filter(({ time }) => Date.parse(time) >= since);
  assert.deepEqual(new Set(stored.map(({ visitor }) => visitor)).size, 1);
  assert.deepEqual(stored.find(({ name }) => name === 'contact').prop, { way: 'mail' });
  await page.reload();
  assert.ok(await page.isChecked('[data-consent]'));
  await page.uncheck('[data-consent]');
  await page.waitForFunction(() => !document.cookie.includes('wm='));
});
