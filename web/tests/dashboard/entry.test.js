// The pages before the dashboard: signing in and out, links that were made for once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';
import { PASSWORD, emailOf } from './support/shop.js';

const it = dashboard({ events: 2_000, days: 30 });
const nobody = { as: null };
const heading = (name) => (page) => page.getByRole('heading', { name });

it.looks('signin', '/signin', heading('Sign in'), nobody);
it.looks('recover', '/recover', heading('New password'), nobody);
it.looks('recover-link', '/recover#token', heading('New password'), nobody);
it.looks('welcome', '/welcome#token', heading('Welcome to Waymark'), nobody);
it.looks('setup-done', '/setup', heading('Waymark is set up'), nobody);
it.looks('share-broken', '/share', heading('Shared view'), nobody);
it.looks('missing', '/blah', heading('Page not found'), { ...nobody, status: 404 });
it.looks('no-site', '/sites/nosuch/overview', heading('Site not found'), { as: 'owner' });

/** Addresses that lead nowhere, signed in or not. */
for (const as of ['owner', null])
  for (const path of [
    '/blah',
    '/blah/more?x=1',
    '/sites/shop/nowhere',
    '/sites/shop/goals/new',
    '/index.htm',
  ])
    test(`nothing is at ${path} for ${as ?? 'nobody'}: the page says so, with status 404`, async () => {
      const page = await it.open(path, { as, status: 404 });
      await page.getByText('There is no page at this address.').waitFor();
      assert.equal(new URL(page.url()).pathname, new URL(path, it.shop.address).pathname);
      await page.getByRole('link', { name: 'Go to the overview' }).click();
      await page.waitForURL(as ? /\/sites\/shop\/overview/ : /\/signin/);
    });

test('a site that is not there, or not theirs, is said for people', async () => {
  await it.shop.api('POST', '/sites', { name: 'zoo', timezone: 'UTC' });
  for (const [as, site] of [
    ['owner', 'nosuch'],
    ['viewer', 'nosuch'],
    ['viewer', 'zoo'],
  ]) {
    const page = await it.open(`/sites/${site}/overview`, { as });
    await page.getByText(`There is no site “${site}”, or you have no access to it.`).waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), /GET|api\/v1|[a-z]_[a-z]/);
    await page.locator('main').getByRole('link', { name: 'shop', exact: true }).click();
    await page.waitForURL(/\/sites\/shop\/overview/);
  }
});

const signIn = async (page, password) => {
  await page.getByLabel('E-mail').fill(emailOf('owner'));
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

test('signing in leads where one wanted to go, signing out back', async () => {
  const page = await it.open('/sites/shop/overview?range=all', nobody);
  await page.waitForURL(/\/signin\?next=/);
  await signIn(page, PASSWORD);
  await page.waitForURL(/\/sites\/shop\/overview\?range=all$/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(/\/signin/);
  await page.goto('/sites/shop/overview');
  await page.waitForURL(/\/signin/);
});

test('a wrong password is said so, and the next try may be right', async () => {
  it.expected.push(/401/);
  const page = await it.open('/signin', nobody);
  await signIn(page, 'not this one');
  const told = page.getByRole('alert');
  await told.waitFor();
  assert.equal((await told.innerText()).trim(), 'Wrong e-mail or password.');
  await it.picture(page, 'signin-wrong');
  await signIn(page, PASSWORD);
  await page.waitForURL(/\/sites\/shop\/overview/);
});

test('after signing in nobody is led to another host', async () => {
  const page = await it.open('/signin?next=https%3A%2F%2Fevil.example%2F', nobody);
  await signIn(page, PASSWORD);
  await page.waitForURL(/\/sites\/shop\/overview/);
  assert.equal(new URL(page.url()).origin, it.shop.address);
});

test('a shared link shows its site, read-only', async () => {
  const { link } = await it.shop.api('POST', '/sites/shop/shares', { name: 'board' });
  const page = await it.open(new URL(link).pathname + new URL(link).hash, nobody);
  await page.waitForURL(/\/sites\/shop\/overview/);
  await page.getByText('Shared view, read-only').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  assert.equal(await page.getByRole('link', { name: 'Settings' }).count(), 0);
  await page.reload();
  await page.getByText('Shared view, read-only').waitFor();
});
