// Goals: the list by role, trying a goal on the history, saving and versions, the headline, waymark.toml, roles.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
/** Days that the simulated shop has. */
const RANGE = { from: '2026-03-06', to: '2026-04-04' };
const PATH = `/sites/shop/goals?range=${RANGE.from}..${RANGE.to}`;
const NEW = `${PATH}&new=1`;

const ready = (page) => page.getByRole('heading', { name: /^purchase headline/ });
const texts = async (locator) =>
  (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
const count = (value) => value.toLocaleString('en-GB');
const definitions = () => it.shop.api('GET', '/sites/shop/definitions');
const field = (page, name) => page.getByLabel(name, { exact: true });

it.looks('goals', PATH, ready, { then: (page) => page.locator('.big .share').waitFor() });
it.looks('goal', `${PATH}&goal=video watched`, (page) => page.getByText(/^Would have counted/));
it.looks('goal-new', NEW, (page) => page.getByText('Choose an event.'));
it.looks('goals-file', PATH, ready, {
  then: async (page) => {
    await page.getByRole('button', { name: 'waymark.toml' }).click();
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await page.waitForFunction(() => document.querySelector('dialog textarea').value.includes('[site.shop]'));
  },
});

test('numbers on screen are the answers of the API', async () => {
  const { total } = await it.shop.api('POST', '/sites/shop/query', { overview: { over: { range: RANGE } } });
  const page = await it.open(PATH);
  await page.locator('.big .share').waitFor();
  for (const goal of total.goals.filter(({ headline }) => !headline)) {
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: goal.name, exact: true }) });
    assert.match((await texts(row.locator('.behind')))[0], new RegExp(`^${count(goal.conversions)}\\b`));
  }
  const headline = total.goals.find((goal) => goal.headline);
  const { share } = headline.rates.visitor;
  assert.match((await texts(page.locator('.big .share')))[0], new RegExp(`^${(share * 100).toFixed(2)} %`));
});

test('a goal is tried on the history before it is saved', async () => {
  const page = await it.open(NEW);
  const goal = { name: 'new goal', role: 'milestone', event: 'view_item', counting: 'once_per_visitor' };
  // The shop’s events are of the past: the question about the last 30 days is asked about those instead.
  await page.route('**/goals/preview', (route) =>
    route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), range: RANGE }) }),
  );
  await page.getByRole('combobox', { name: 'Event' }).fill('view_item');
  await field(page, 'Counting rule').selectOption('once_per_visitor');
  await page.getByText(/^The first matching event of each visitor/).waitFor();
  const told = await it.shop.api('POST', '/sites/shop/goals/preview', { goal, range: RANGE });
  assert.ok(told.repeats_removed > 0);
  await page
    .getByText(
      `Would have counted ${count(told.conversions)} conversions, with ${count(told.repeats_removed)} repeats removed.`,
    )
    .waitFor();
});

test('a page goal counts once per session until somebody chooses otherwise', async () => {
  const page = await it.open(NEW);
  const counts = field(page, 'Counting rule');
  await page.getByRole('combobox', { name: 'Event' }).fill('purchase');
  await page.getByRole('radio', { name: /^Macro/ }).check();
  assert.equal(await counts.inputValue(), 'every');
  await page.getByRole('combobox', { name: 'Event' }).fill('pageview');
  assert.equal(await counts.inputValue(), 'once_per_session');
  await counts.selectOption('every');
  // What it counts twice is said, and settled by a click.
  await page.getByText('so reloading the thank-you page counts again', { exact: false }).waitFor();
  const remark = page.locator('.remark').filter({ hasText: 'thank-you page' });
  assert.equal(await remark.getByRole('link', { name: 'Use the order number' }).count(), 1);
  await remark.getByRole('button', { name: 'Count once per session' }).click();
  assert.equal(await counts.inputValue(), 'once_per_session');
  await remark.waitFor({ state: 'detached' });
  await field(page, 'Name').fill('thanks seen');
  await page.getByRole('button', { name: 'Save goal' }).click();
  await page.getByRole('link', { name: 'thanks seen', exact: true }).waitFor();
  const saved = (await definitions()).goals.find(({ name }) => name === 'thanks seen');
  assert.deepEqual([saved.role, saved.counting], ['macro', 'once_per_session']);
  await it.shop.api('DELETE', '/sites/shop/goals/thanks%20seen');
});

test('a remark is settled with one click, without a word of TOML', async () => {
  const purchase = (await definitions()).goals.find(({ name }) => name === 'purchase');
  const { version: _, ...form } = purchase;
  const putBack = () => it.shop.api('PUT', '/sites/shop/goals/purchase', form);
  try {
    for (const [path, mend, counting] of [
      [PATH, 'Use the order number', 'once_per_key'],
      ['/sites/shop/overview?range=all', 'Count once per session', 'once_per_session'],
    ]) {
      await it.shop.api('PUT', '/sites/shop/goals/purchase', { ...form, counting: 'every' });
      const page = await it.open(path);
      const remark = page.locator('.remark').filter({ hasText: 'thank-you page' }).first();
      assert.doesNotMatch(await remark.innerText(), /=|_|"/);
      await it.picture(page, `remark-${counting}`);
      await remark.getByRole('button', { name: mend }).click();
      await remark.waitFor({ state: 'detached' });
      const now = (await definitions()).goals.find(({ name }) => name === 'purchase');
      assert.deepEqual({ ...now, version: 0 }, { ...purchase, counting, version: 0 });
    }
    const viewer = await it.open(PATH, { as: 'viewer' });
    await ready(viewer).waitFor();
    assert.equal(await viewer.locator('.remark button').count(), 0);
  } finally {
    await putBack();
  }
});

test('a micro can never be the headline, and it says so', async () => {
  const page = await it.open(NEW);
  await page.getByText('A milestone can never be the headline', { exact: false }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: /^This is the headline/ }).count(), 0);
  await page.getByRole('radio', { name: /^Macro/ }).check();
  await page.getByRole('checkbox', { name: /^This is the headline/ }).check();
  await page.getByText('It replaces “purchase”.').waitFor();
  await page.getByRole('radio', { name: /^Secondary/ }).check();
  await page.getByText('A secondary action can never be the headline', { exact: false }).waitFor();
});

test('a goal is saved, changed and deleted; its versions say what changed', async () => {
  const page = await it.open(NEW);
  await field(page, 'Name').fill('Shipping read');
  await page.getByRole('combobox', { name: 'Event' }).fill('pageview');
  await page.getByRole('button', { name: '+ Condition' }).click();
  await page.getByRole('combobox', { name: 'Value' }).fill('/shipping*');
  await page.getByRole('button', { name: 'Save goal' }).click();
  await page.getByRole('link', { name: 'Shipping read' }).click();

  await field(page, 'Each conversion is worth').selectOption('fixed');
  await field(page, 'Amount').fill('0.50');
  await page.getByRole('button', { name: 'Save goal' }).click();
  await page.getByRole('link', { name: 'Shipping read' }).click();
  const saved = (await definitions()).goals.find(({ name }) => name === 'Shipping read');
  assert.deepEqual(saved.value, { amount: 50, currency: 'EUR' });
  assert.deepEqual([saved.event, saved.where], ['pageview', { path: '/shipping*' }]);

  await page.getByRole('button', { name: 'Versions' }).click();
  const versions = page.getByRole('dialog');
  await versions.getByRole('heading', { name: /^Version 2/ }).waitFor();
  assert.deepEqual(await texts(versions.locator('li').first().locator('del, ins')), [
    'was no value',
    'is now €0.50 each',
  ]);
  await it.picture(page, 'goal-versions');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await ready(page).waitFor();
  assert.ok(!(await definitions()).goals.some(({ name }) => name === 'Shipping read'));
});

test('the headline moves to another macro, and there is never more than one', async () => {
  const page = await it.open(`${PATH}&goal=account`);
  await page.getByRole('radio', { name: /^Macro/ }).check();
  await page.getByRole('checkbox', { name: /^This is the headline/ }).check();
  await page.getByRole('button', { name: 'Save goal' }).click();
  await page.getByRole('heading', { name: /^account headline/ }).waitFor();
  assert.deepEqual(
    (await definitions()).goals.filter(({ headline }) => headline).map(({ name }) => name),
    ['account'],
  );
  await page.goto(`${PATH}&goal=purchase`);
  await page.getByRole('checkbox', { name: /^This is the headline/ }).check();
  await page.getByRole('button', { name: 'Save goal' }).click();
  await ready(page).waitFor();
});

test('a change by somebody else meanwhile is said, and nothing is overwritten', async () => {
  it.expected.push(/412/);
  const page = await it.open(`${PATH}&goal=newsletter`);
  await page.getByText(/^Would have counted/).waitFor();
  const other = (await definitions()).goals.find(({ name }) => name === 'brochure');
  await it.shop.api('PUT', '/sites/shop/goals/brochure', { ...other, counting: 'every' });
  await field(page, 'Counting rule').selectOption('every');
  await page.getByRole('button', { name: 'Save goal' }).click();
  await page.getByText(/Somebody else changed this in the meantime/).waitFor();
});

test('waymark.toml: errors point into the text, changes are looked at first, then applied', async () => {
  it.expected.push(/422/);
  const page = await it.open(PATH);
  await page.getByRole('button', { name: 'waymark.toml' }).click();
  const dialog = page.getByRole('dialog', { name: 'waymark.toml' });
  const area = dialog.getByRole('textbox');
  await page.waitForFunction(() => document.querySelector('dialog textarea').value.includes('[site.shop]'));
  const text = await area.inputValue();
  const apply = dialog.getByRole('button', { name: 'Apply' });

  await area.fill(`${text}\n[[site.shop.goal]]\nname = "guide"\nrole = "milestone"\nevnt = "guide"\n`);
  await dialog.getByRole('button', { name: 'Preview changes' }).click();
  const line = text.split('\n').length + 4;
  await dialog.getByRole('button', { name: new RegExp(`^Line ${line}`) }).click();
  assert.ok(await area.evaluate((element) => element.value.slice(element.selectionStart).startsWith('evnt')));
  assert.equal(await apply.isDisabled(), true);
  await it.picture(page, 'goals-file-errors');

  await area.fill(`${text}\n[[site.shop.goal]]\nname = "guide"\nrole = "milestone"\nevent = "guide"\n`);
  await dialog.getByRole('button', { name: 'Preview changes' }).click();
  await dialog.getByText('Applying the file makes these changes').waitFor();
  assert.ok(!(await definitions()).goals.some(({ name }) => name === 'guide'));
  await it.picture(page, 'goals-file-changes');
  await apply.click();
  await page.getByRole('link', { name: 'guide', exact: true }).waitFor();
});

test('what was seen is suggested, and hostile names are text', async () => {
  const hostile = '<img src=x onerror=document.title=1>';
  const page = await it.open(NEW);
  await page.route('**/names?*', (route) => {
    const kind = new URL(route.request().url()).searchParams.get('kind');
    return route.fulfill({
      json: { items: [{ name: kind === 'event' ? hostile : kind, events: 12 }], next: null },
    });
  });
  await page.getByRole('combobox', { name: 'Event' }).focus();
  await page.getByRole('option', { name: hostile }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('combobox', { name: 'Event' }).inputValue(), hostile);
  await page.getByRole('button', { name: '+ Condition' }).click();
  await page.getByRole('combobox', { name: 'Value' }).focus();
  await page.getByRole('option', { name: 'path' }).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
});

test('a viewer reads goals and the file, and changes nothing', async () => {
  const page = await it.open(PATH, { as: 'viewer' });
  await ready(page).waitFor();
  assert.equal(await page.getByRole('link', { name: 'New goal' }).count(), 0);
  await page.getByRole('button', { name: 'waymark.toml' }).click();
  await page.waitForFunction(() => document.querySelector('dialog textarea').value.includes('[site.shop]'));
  assert.equal(await page.getByRole('button', { name: 'Apply' }).count(), 0);
  assert.equal(await page.getByRole('dialog').getByRole('textbox').getAttribute('readonly'), '');
  await page.goto(`${PATH}&goal=newsletter`);
  await page.getByText('newsletter_signup').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Save goal' }).count(), 0);
});
