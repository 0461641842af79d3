// Every page of the storefront as people see it: in light, dark and on a phone, by keyboard, under its policy.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { storefront } from '../support/storefront.js';

const it = storefront('--events', '1000', '--days', '1');

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Where the pictures go. */
const SHOTS = process.env.WAYMARK_SHOTS || fileURLToPath(new URL('../../shots', import.meta.url));

const LOOKS = {
  light: { viewport: { width: 1200, height: 850 }, colorScheme: 'light' },
  dark: { viewport: { width: 1200, height: 850 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true, colorScheme: 'light' },
  'phone-dark': {
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    colorScheme: 'dark',
  },
};

/** Fills the cart, as all pages after it show what is in it. */
const shop = async (page) => {
  for (const path of ['p/kettles-sku-0010', 'p/teas-sku-0001']) {
    await page.goto(it.at(path));
    await page.click('[data-add]');
  }
};

const order = async (page) => {
  await page.goto(it.at('checkout'));
  await page.click('[data-example]');
  await page.click('form .button');
  await page.waitForURL('**/checkout/details');
};

/** Pages by what their picture is called: where, and what was done before. */
const PAGES = [
  ['home', '.'],
  ['category', 'c/teas'],
  ['product', 'p/scales-sku-0013'],
  ['cart-empty', 'cart'],
  ['cart', 'cart', shop],
  ['checkout', 'checkout'],
  ['details', 'checkout/details', order],
  ['thank-you', null, (page) => page.click('form .button').then(() => page.waitForURL('**/thank-you'))],
  ['account', 'account/new'],
  ['note', 'brewing-notes-1'],
  ['note-2', 'brewing-notes-2'],
];

/** What is seriously wrong for people with other senses. */
const barriers = async (page) => {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};

const looked = async (page, name) => {
  await page.waitForLoadState('load');
  await page.screenshot({ path: `${SHOTS}/shop-${name}.png`, fullPage: true });
  const [wide, headings] = await page.evaluate(() => [
    document.documentElement.scrollWidth - innerWidth,
    [...document.querySelectorAll('h1')].filter((heading) => heading.checkVisibility()).length,
  ]);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  assert.equal(headings, 1, `${name} has one heading`);
  assert.deepEqual(await barriers(page), [], name);
};

for (const [look, settings] of Object.entries(LOOKS)) {
  test(`every page: ${look}`, async () => {
    await mkdir(SHOTS, { recursive: true });
    const page = await it.person(settings);
    for (const [name, path, first] of PAGES) {
      await first?.(page);
      if (path) await page.goto(it.at(path));
      await looked(page, `${name}-${look}`);
    }
    assert.deepEqual(it.errors, []);
  });
}

test('a page that is not there says so', async () => {
  const page = await it.person();
  for (const path of ['p/nothing', 'nothing.txt', '..%2f..%2fpackage.json', '%00']) {
    const answer = await fetch(it.at('.') + path);
    assert.equal(answer.status, 404, path);
  }
  const answer = await page.goto(it.at('p/nothing'));
  assert.equal(answer.status(), 404);
  assert.equal(await page.textContent('h1'), 'This page is not here.');
});

test('nothing inline runs, and every file says what it is', async () => {
  const answer = await fetch(it.at('.'));
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.ok(!/unsafe|\*|https?:/.test(policy), policy);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  const html = await answer.text();
  assert.ok(!/<style|style=|<script>|\son\w+=/.test(html));
  for (const [file, kind] of [
    ['shop.js', 'text/javascript'],
    ['shop.css', 'text/css'],
    ['icon.svg', 'image/svg+xml'],
    ['pour-over.webm', 'video/webm'],
    ['pour-over.vtt', 'text/vtt'],
    ['brewing-guide.pdf', 'application/pdf'],
    ['catalogue.pdf', 'application/pdf'],
  ]) {
    const answer = await fetch(it.at(file));
    assert.equal(answer.status, 200, file);
    assert.ok(answer.headers.get('content-type').startsWith(kind), file);
    const again = await fetch(it.at(file), { headers: { 'if-none-match': answer.headers.get('etag') } });
    assert.equal(again.status, 304, file);
  }
  const part = await fetch(it.at('pour-over.webm'), { headers: { range: 'bytes=0-3' } });
  assert.equal(part.status, 206);
  assert.deepEqual([...new Uint8Array(await part.arrayBuffer())], [0x1a, 0x45, 0xdf, 0xa3]);
});

test('the filters choose, say how many, and stand in the address', async () => {
  const page = await it.person();
  await page.goto(it.at('.'));
  const names = () => page.$$eval('[data-grid] .card-name', (names) => names.map((name) => name.textContent));
  const prices = () => page.$$eval('[data-grid] > li', (cards) => cards.map((card) => +card.dataset.price));
  await page.check('input[name=drink][value=tea]', { force: true });
  await page.check('input[name=price][value="0-1500"]', { force: true });
  assert.deepEqual(await names(), ['Camping kettle', 'Spice and tea mill', 'Enamel mug']);
  assert.equal(await page.textContent('[data-found]'), '3 products');
  await page.selectOption('[name=sort]', 'up');
  assert.deepEqual(await prices(), [690, 1090, 1190]);
  await page.reload();
  assert.deepEqual(await prices(), [690, 1090, 1190]);
  await page.goto(it.at('.?drink=coffee&price=nonsense&sort=x'));
  assert.equal(await page.textContent('[data-found]'), '15 products');
  assert.ok(await page.isChecked('input[name=price][value=""]'), 'what there is not is not chosen');
});

test('an order by keyboard alone', async () => {
  const page = await it.person();
  const press = (key) => page.keyboard.press(key);
  const focused = () =>
    page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
  const tabTo = async (text) => {
    for (let step = 0; step < 60; step++) {
      if ((await focused()).startsWith(text)) return;
      await press('Tab');
    }
    assert.fail(`no way to ${text}`);
  };
  await page.goto(it.at('p/mugs-sku-0033'));
  await press('Tab');
  assert.equal(await focused(), 'To the content');
  await tabTo('Add to cart');
  await press('Enter');
  await tabTo('Go to the cart');
  await press('Enter');
  await page.waitForURL('**/cart');
  await tabTo('To the checkout');
  await press('Enter');
  await page.waitForURL('**/checkout');
  await tabTo('Fill in an example');
  await press('Space');
  await tabTo('Go on to delivery');
  await press('Enter');
  await page.waitForURL('**/checkout/details');
  await tabTo('Place the pretend order');
  await press('Enter');
  await page.waitForURL('**/thank-you');
  assert.match(await page.textContent('[data-thanks]'), /Enamel mug/);
});
