// What is in the address or was chosen: it is held against what can be, survives from page to page, and all of it applies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
const PATH = '/sites/shop/overview?range=2026-03-06..2026-04-04';
const headline = (page) => page.getByRole('heading', { name: /^purchase headline/ });
const focused = (page) =>
  page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.innerText);

test('days that no calendar has are not asked for', async () => {
  for (const query of ['range=2026-13-01..', 'range=2026-02-30..2026-03-01', 'compare=..', 'range=..']) {
    const page = await it.open(`/sites/shop/overview?${query}`);
    await page.getByRole('button', { name: 'Range Last 30 days' }).waitFor();
    await page.getByRole('button', { name: 'Compare with Previous period' }).waitFor();
  }
});

test('all parts of a filter apply, and focus stays beside what is removed', async () => {
  const page = await it.open(PATH);
  const asked = page.waitForRequest((request) => !!request.postDataJSON()?.overview?.over.filter);
  await page.goto(`${PATH}&filter=path~o&filter=path~r&filter=device=mobile`, { waitUntil: 'networkidle' });
  const { filter } = (await asked).postDataJSON().overview.over;
  assert.deepEqual(filter.where, {
    path: { contains: 'o' },
    device: 'mobile',
    where: [{ path: { contains: 'r' } }],
  });
  const chips = page.getByRole('button', { name: /^Remove the filter/ });
  assert.equal(await chips.count(), 3);
  await chips.nth(1).click();
  assert.match(await focused(page), /^Remove the filter Device is mobile/);
  await chips.nth(1).click();
  assert.match(await focused(page), /\+ Filter/);
});

test('a value that is called as a group is shown beside it', async () => {
  const page = await it.open('/account');
  await page.route('**/sites/shop/query', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    if (answer.buckets)
      answer.buckets = ['(none)', '(none)'].map((value) => ({ ...answer.buckets[0], value }));
    await route.fulfill({ response, json: answer });
  });
  await page.goto(PATH, { waitUntil: 'networkidle' });
  assert.equal(await page.getByRole('rowheader', { name: '(none)' }).count(), 2);
});

test('a page that is left asks nothing more', async () => {
  const page = await it.open(PATH);
  await headline(page).waitFor();
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.locator('nav a[href="/account"]').click();
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Overview' }).waitFor();
  assert.deepEqual(
    asked.filter((path) => path.includes('/sites//')),
    [],
  );
});

test('parts of the settings keep the view', async () => {
  const page = await it.open('/sites/shop/settings?range=7d&zone=UTC');
  const part = page.getByRole('navigation', { name: 'Parts of the settings' }).getByRole('link').last();
  await part.click();
  const { searchParams } = new URL(page.url());
  assert.deepEqual([searchParams.get('range'), searchParams.get('zone')], ['7d', 'UTC']);
});

test('a role that is refused goes back', async () => {
  await it.shop.cookies('viewer');
  const page = await it.open('/sites/shop/settings?part=members');
  await page.route('**/api/v1/members/*', (route) =>
    route.fulfill({ status: 409, json: { error: { code: 'last_owner', message: 'not `now`' } } }),
  );
  it.expected.push(/409/);
  const role = page.getByRole('combobox', { name: /^Role of .* on/ }).first();
  const before = await role.inputValue();
  await role.selectOption('none');
  await page.getByText('At least one account must own all sites. Nothing was changed.').waitFor();
  await page.waitForFunction((value) => {
    const [select] = document.querySelectorAll('select[aria-label^="Role of "]');
    return select.value === value;
  }, before);
});
