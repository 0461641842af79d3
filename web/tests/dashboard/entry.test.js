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
it.looks('missing', '/sites/shop/nowhere', heading('No such page'), { as: 'owner' });

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
  await page.getByRole('alert').waitFor();
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
