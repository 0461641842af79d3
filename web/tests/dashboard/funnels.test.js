// Funnels: what is shown is what the API answers, the builder by keyboard and pointer, saving, roles, hostile names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
/** Days that the simulated shop has. */
const RANGE = { from: '2026-03-06', to: '2026-04-04' };
const PATH = `/sites/shop/funnels?range=${RANGE.from}..${RANGE.to}`;
const ONE = `${PATH}&funnel=checkout`;
const STEPS = ['product view', 'add to cart', 'purchase'];
const drafted = (form) => `${PATH}&draft=${encodeURIComponent(JSON.stringify(form))}`;
const DRAFT = drafted({ steps: STEPS, window: '7d' });

const ready = (page) => page.locator('.steps .n');
const THIN = /[\u202f\u00a0]/g;
const texts = async (locator) =>
  (await locator.allInnerTexts()).map((text) => text.replace(THIN, ' ').trim());
const count = (value) => value.toLocaleString('en-GB');
const funnel = async (form, over = { range: RANGE }) =>
  it.shop.api('POST', '/sites/shop/query', { funnel: { ...form, over } });
const labels = (page) => texts(page.locator('.steps h3'));

it.looks('funnels', PATH, (page) => page.getByRole('link', { name: 'checkout', exact: true }), {
  then: (page) => page.locator('.through .bars').waitFor(),
});
it.looks('funnel', `${ONE}&by=device`, ready, {
  then: (page) => page.getByRole('rowheader', { name: 'mobile' }).waitFor(),
});
it.looks('funnel-builder', DRAFT, ready, {
  then: async (page) => {
    await page.getByRole('button', { name: 'More about step 2' }).click();
    await page.getByRole('button', { name: 'More options' }).click();
    await page.getByRole('combobox', { name: 'Same value in all steps' }).waitFor();
  },
});
it.looks('funnel-nobody', '/sites/shop/funnels?funnel=checkout&range=2020-01-01..2020-01-31', (page) =>
  page.getByText('Nobody took the first step in this period.'),
);

test('numbers on screen are the answers of the API', async () => {
  const { steps } = await funnel({ name: 'checkout' });
  const page = await it.open(ONE);
  await ready(page).first().waitFor();
  assert.deepEqual(
    await texts(ready(page)),
    steps.map((step) => count(step.reached)),
  );
  assert.deepEqual(
    await labels(page),
    steps.map((step, at) => `${at + 1} ${step.label}`),
  );
  const shares = await texts(page.locator('.steps .figure .share'));
  steps.slice(1).forEach(({ share_of_previous: rate }, at) => {
    const digits = /\.(\d+)/.exec(shares[at])?.[1].length ?? 0;
    assert.equal(shares[at], `${(rate.share * 100).toFixed(digits)} %`);
  });
  const full = steps[0].reached;
  const heights = await page
    .locator('.steps .reach')
    .evaluateAll((bars) =>
      bars.map((bar) => bar.getBoundingClientRect().height / bar.parentElement.clientHeight),
    );
  heights.forEach((height, at) =>
    assert.ok(Math.abs(height - steps[at].reached / full) < 0.02, `step ${at + 1}`),
  );

  await page.getByText('Show as table').click();
  const rows = page.getByRole('table', { name: /step by step$/ }).locator('tbody tr');
  assert.equal(await rows.count(), steps.length);
  assert.match((await texts(rows))[1], new RegExp(`${count(steps[1].lost)}`));
});

test('the comparison says its verdict in words', async () => {
  const over = { range: RANGE };
  const { steps, previous } = await it.shop.api('POST', '/sites/shop/query', {
    funnel: { name: 'checkout', compare: 'previous', over },
  });
  const page = await it.open(ONE);
  const before = await texts(page.locator('.steps .before'));
  previous.steps.forEach((step, at) =>
    assert.match(before[at], new RegExp(`^Previous period: ${count(step.reached)}\\b`)),
  );
  const words = {
    up: 'Up',
    down: 'Down',
    too_close: 'Too close to tell',
    no_change: 'No change',
    too_few: 'Too little data',
  };
  const told = await texts(page.locator('.steps .verdict'));
  assert.equal(told.length, steps.length - 1);
  steps
    .slice(1)
    .forEach(({ change_of_previous: change }, at) =>
      assert.match(told[at], new RegExp(words[change.verdict])),
    );
  const whole = words[steps.at(-1).change_of_first.verdict];
  await page.locator('.change').getByText(whole, { exact: true }).waitFor();
});

/** Widths of windows in CSS pixels; at 200 % a window of 1280 is 640 wide. */
const WIDTHS = [320, 390, 640, 800, 1024, 1280, 1440, 1920];
const FUNNELS = {
  checkout: ONE,
  'two steps': drafted({ steps: ['product view', 'purchase'] }),
  'seven steps': drafted({
    steps: [
      'product view',
      'add to cart',
      'checkout',
      'checkout details',
      'newsletter',
      'account',
      'purchase',
    ],
    entry: 'open',
  }),
  'long names': drafted({
    steps: STEPS.map((name, at) => ({ name, label: `${name} ${'averyverylongname'.repeat(at + 1)}` })),
    window: '7d',
  }),
};

/** Texts that lie over one another, or over the edge of the card: pairs of them. */
const overlaps = (page) =>
  page.evaluate(() => {
    const card = document.querySelector('.steps').closest('section');
    const edge = card.getBoundingClientRect();
    const found = [];
    const boxes = [];
    const walk = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      const { parentElement: parent } = node;
      if (!node.data.trim() || parent.closest('.sr, details:not([open]), [hidden]')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        if (right - left < 1) continue;
        if (left < edge.left - 1 || right > edge.right + 1) found.push(`${node.data} leaves the card`);
        boxes.push({ node, left, right, top: top + 2, bottom: bottom - 2 });
      }
    }
    for (const [at, one] of boxes.entries())
      for (const other of boxes.slice(at + 1)) {
        const apart =
          one.right <= other.left + 1 ||
          other.right <= one.left + 1 ||
          one.bottom <= other.top ||
          other.bottom <= one.top;
        if (!apart && one.node !== other.node) found.push(`${one.node.data} lies over ${other.node.data}`);
      }
    return found;
  });

for (const [name, path] of Object.entries(FUNNELS))
  test(`nothing overlaps at any width or zoom: ${name}`, async () => {
    const page = await it.open(path);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.locator('.steps .n').last().waitFor();
      // The layout follows the width by an observer: after the next frame it has.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      assert.deepEqual(await overlaps(page), [], `${width} px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px wider than a window of ${width}`);
      await it.picture(page, `funnel-${name.replace(' ', '-')}-${width}`);
    }
  });

test('side by side is the same funnel for each value', async () => {
  const page = await it.open(`${ONE}&by=device`);
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'mobile' }) });
  await row.waitFor();
  const over = { range: RANGE, filter: { where: { device: { in: ['mobile'] } } } };
  const { steps } = await funnel({ name: 'checkout' }, over);
  assert.equal((await texts(row.locator('td .value')))[0], count(steps[0].reached));
});

test('the result follows the builder: steps added, moved and removed by keyboard', async () => {
  const page = await it.open(DRAFT);
  await ready(page).first().waitFor();
  await page.getByRole('combobox', { name: 'Step 2' }).focus();
  await page.keyboard.press('Alt+ArrowDown');
  await page.locator('.steps h3').filter({ hasText: '2 purchase' }).waitFor();
  assert.deepEqual(await labels(page), ['1 product view', '2 purchase', '3 add to cart']);

  await page.getByRole('button', { name: 'Move step 3, add to cart, up' }).press('Enter');
  await page.locator('.steps h3').filter({ hasText: '3 purchase' }).waitFor();
  await page.getByRole('button', { name: '+ Step' }).press('Enter');
  await page.getByText('Step 4: Choose a goal or an event.').waitFor();
  await page.keyboard.type('newsletter');
  await page.keyboard.press('Tab');
  await page.locator('.steps h3').filter({ hasText: '4 newsletter' }).waitFor();
  const form = { steps: [...STEPS, 'newsletter'], window: '7d' };
  const { steps } = await funnel(form);
  assert.deepEqual(
    await texts(ready(page)),
    steps.map((step) => count(step.reached)),
  );
  assert.deepEqual(JSON.parse(new URL(page.url()).searchParams.get('draft')), form);

  await page.getByRole('button', { name: 'Remove step 4, newsletter' }).press('Enter');
  await page.locator('.steps h3').filter({ hasText: '4 newsletter' }).waitFor({ state: 'detached' });
});

test('steps are moved by the pointer too', async () => {
  const page = await it.open(DRAFT);
  await ready(page).first().waitFor();
  await page.locator('.grip').nth(2).dragTo(page.locator('.grip').nth(0));
  await page.locator('.steps h3').filter({ hasText: '1 purchase' }).waitFor();
});

test('a question that is overtaken is cancelled, and never shown', async () => {
  const page = await it.open(DRAFT);
  await ready(page).first().waitFor();
  const cancelled = [];
  page.on('requestfailed', (request) => cancelled.push(request.failure().errorText));
  let held = 0;
  await page.route('**/query', async (route) => {
    const { funnel } = route.request().postDataJSON();
    if (funnel?.window !== '2d' || funnel.over.range.from !== RANGE.from) return route.continue();
    held++;
    // Never answered: only a newer question can end the waiting.
  });
  const window = page.getByLabel('Time limit, from the first step to the last', { exact: true });
  await window.fill('2');
  await page.waitForRequest((request) => request.postDataJSON()?.funnel?.window === '2d');
  await window.fill('30');
  await page.getByText('within 30 days').waitFor();
  assert.ok(held > 0);
  assert.ok(cancelled.includes('net::ERR_ABORTED'), cancelled.join());
  const { steps } = await funnel({ steps: STEPS, window: '30d' });
  assert.deepEqual(
    await texts(ready(page)),
    steps.map((step) => count(step.reached)),
  );
});

test('every choice reaches the question', async () => {
  const page = await it.open(DRAFT);
  await page.getByRole('button', { name: 'More options' }).click();
  await page.getByLabel('Count', { exact: true }).selectOption('session');
  await page.getByLabel('Order', { exact: true }).selectOption('strict');
  await page.getByLabel('Where people may enter', { exact: true }).selectOption('open');
  await page.getByRole('button', { name: '+ Event that ends the attempt' }).click();
  await page.getByRole('combobox', { name: 'Goal or event' }).fill('search');
  await page.getByLabel('After', { exact: true }).selectOption({ label: 'add to cart' });
  await page.getByRole('button', { name: 'More about step 2' }).click();
  await page.getByLabel('Label', { exact: true }).fill('in the cart');
  await page.locator('.steps h3').filter({ hasText: '2 in the cart' }).waitFor();
  assert.deepEqual(JSON.parse(new URL(page.url()).searchParams.get('draft')), {
    steps: ['product view', { name: 'add to cart', label: 'in the cart' }, 'purchase'],
    window: '7d',
    order: 'strict',
    entry: 'open',
    count: 'session',
    exclude: [{ name: 'search', after: 'in the cart' }],
  });
  // A funnel that is entered at any step has no very first one: the server says so.
  it.expected.push(/422/);
  await page.getByLabel('Which attempt counts', { exact: true }).selectOption('first');
  await page
    .getByRole('alert')
    .getByText(/has no meaning with/)
    .waitFor();
  await page.getByLabel('Where people may enter', { exact: true }).selectOption('closed');
  await page.locator('.steps h3').filter({ hasText: '2 in the cart' }).waitFor();
  const { anchor, entry } = JSON.parse(new URL(page.url()).searchParams.get('draft'));
  assert.deepEqual([anchor, entry], ['first', undefined]);
});

test('a funnel is saved, changed, given another name and deleted; its versions say what changed', async () => {
  const page = await it.open(drafted({ steps: STEPS }));
  await page.getByRole('button', { name: 'Save…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Short way');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Short way' }).waitFor();

  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Time limit, from the first step to the last', { exact: true }).fill('3');
  await page.getByText('within 3 days').waitFor();
  await page.getByRole('button', { name: 'Save…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Shortest way');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Shortest way' }).waitFor();
  const { funnels } = await it.shop.api('GET', '/sites/shop/definitions');
  assert.ok(funnels.some(({ name, window }) => name === 'Shortest way' && window === '3d'));
  assert.ok(!funnels.some(({ name }) => name === 'Short way'));

  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('dialog', { name: 'Versions of “Shortest way”' });
  await versions
    .getByRole('heading', { name: /^Version/ })
    .first()
    .waitFor();
  await it.picture(page, 'funnel-versions');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('link', { name: 'checkout', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Shortest way' }).count(), 0);
});

test('hostile names are text and nothing else', async () => {
  const hostile = '<img src=x onerror=document.title=1>';
  const page = await it.open(drafted({ steps: [{ event: 'view_item', label: hostile }, 'purchase'] }));
  await page.locator('.steps h3').filter({ hasText: hostile }).waitFor();
  assert.equal(await page.locator('.steps img').count(), 0);
  assert.match(await page.title(), /Funnels/);
});

test('an address that is no draft is none', async () => {
  for (const draft of ['{', '1', '{"steps":[null,1]}', '{"steps":"x"}', '[]']) {
    const page = await it.open(`${PATH}&draft=${encodeURIComponent(draft)}`);
    await page.getByRole('link', { name: 'checkout', exact: true }).waitFor();
  }
});

test('a viewer sees the result, and nothing that changes things', async () => {
  const page = await it.open(ONE, { as: 'viewer' });
  await ready(page).first().waitFor();
  for (const name of ['Edit', 'Delete', 'Save…'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0);
  await page.goto(DRAFT);
  await ready(page).first().waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Step 1' }).count(), 0);
});
