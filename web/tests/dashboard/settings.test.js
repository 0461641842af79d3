// Settings and account: every part in every look, each change with its effect said first, and who is offered what.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';
import { PASSWORD } from './support/shop.js';

const it = dashboard({ events: 2_000, days: 20 });
const path = (part) => `/sites/shop/settings?part=${part}`;
const heading = (name) => (page) => page.getByRole('heading', { name, exact: true });
const done = (page, text) => page.getByRole('status').getByText(text).first().waitFor();

/** What a test leads to is without serious faults, and has its picture. */
const looked = async (page, name) => {
  assert.deepEqual(await it.faults(page), []);
  await it.picture(page, name);
};

const PARTS = {
  site: 'Site',
  identity: 'How visitors are recognised',
  kept: 'Data collection',
  data: 'Retention',
  orders: 'Test orders',
  export: 'Export',
  members: 'Members',
  shares: 'Shared links',
  keys: 'API keys',
  changes: 'Changes',
  backup: 'Backup',
};
for (const [part, title] of Object.entries(PARTS)) it.looks(`settings-${part}`, path(part), heading(title));
it.looks('settings-install', path('install'), (page) => page.getByText('Waiting for the next event…'), {
  until: 'load',
});
it.looks('account', '/account', heading('Sessions'), {
  then: async (page) => {
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('img', { name: /^QR code/ }).waitFor();
  },
});

test('a change says what it does to the numbers before it is made', async () => {
  const page = await it.open(path('site'));
  await page.getByLabel('A session ends after').fill('45');
  await page.getByText(/Sessions will end after 45.min.*past sessions too.*fewer sessions/).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await page.getByLabel('A session ends after').inputValue(), '30');
  await page.getByLabel('A session ends after').fill('45');
  await page.getByRole('button', { name: 'Save' }).click();
  await done(page, 'Saved.');
  assert.equal((await it.shop.api('GET', '/sites/shop')).session_gap_ms, 45 * 60_000);
});

test('what the server refuses is said where it was typed', async () => {
  it.expected.push(/422/);
  const page = await it.open(path('kept'));
  await page.getByLabel('Your own networks').fill('the office');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  assert.deepEqual((await it.shop.api('GET', '/sites/shop')).collect.internal, []);
});

test('a shorter retention says what it removes, and wants the name of the site', async () => {
  const page = await it.open(path('data'));
  const kept = async () => (await it.shop.api('GET', '/sites/shop')).retention;
  assert.equal(await kept(), 'usual');
  await page.getByLabel('Keep events for').selectOption('forever');
  await page.getByText(/until you change this/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await done(page, 'Saved.');
  assert.equal(await kept(), 'forever');
  await page.getByLabel('Keep events for').selectOption('12 months');
  await page.getByText(/will be deleted within a day/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog');
  const remove = dialog.getByRole('button', { name: 'Delete and save' });
  assert.ok(await remove.isDisabled());
  assert.equal(await kept(), 'forever', 'it is asked first');
  await dialog.getByRole('textbox').fill('shop');
  await looked(page, 'settings-data-asked');
  await remove.click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await kept(), '12 months');
});

test('an order is taken out of the numbers, and counts again', async () => {
  const page = await it.open(path('orders'));
  const form = page.getByLabel('Order number', { exact: true });
  await form.fill('<b>test-1</b>');
  await page.getByRole('button', { name: 'Exclude…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Exclude' }).click();
  await done(page, 'The order no longer counts.');
  const voids = async () => (await it.shop.api('GET', '/sites/shop/voids')).items;
  const [voided] = await voids();
  await page.getByRole('row').filter({ hasText: voided.key }).getByText('owner@shop.example').waitFor();
  await looked(page, 'settings-orders-voided');
  await page.getByRole('button', { name: `Count again: ${voided.key}` }).click();
  await done(page, 'The order counts again.');
  assert.deepEqual(await voids(), []);
});

test('somebody is erased once the name of the site is typed', async () => {
  const page = await it.open(path('data'));
  await page.getByLabel('User ID', { exact: true }).fill('customer-17');
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  const erase = dialog.getByRole('button', { name: 'Delete' });
  assert.ok(await erase.isDisabled());
  await dialog.getByRole('textbox').fill('shop');
  await erase.click();
  await done(page, /being deleted/);
  assert.equal(await page.getByLabel('User ID', { exact: true }).inputValue(), '');
  const row = page.getByRole('row').filter({ hasText: 'a user' });
  await row.getByText('done: 0 events deleted').waitFor();
  await looked(page, 'settings-data-erased');
  assert.ok(!(await page.content()).includes('customer-17'));
});

test('a key is shown once, and revoked by its first letters', async () => {
  const page = await it.open(path('keys'));
  await page.getByLabel('Access').selectOption('read');
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.getByLabel('the new API key', { exact: true }).innerText();
  const asks = () =>
    fetch(`${it.shop.address}/api/v1/sites/shop`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await asks()).status, 200);
  await page.reload();
  await heading('API keys')(page).waitFor();
  assert.ok(!(await page.content()).includes(key));
  await page.getByRole('button', { name: /^Revoke the key/ }).click();
  const dialog = page.getByRole('dialog');
  const revoke = dialog.getByRole('button', { name: 'Revoke key' });
  assert.ok(await revoke.isDisabled());
  const { items } = await it.shop.api('GET', '/sites/shop/keys');
  await dialog.getByRole('textbox').fill(items[0].prefix);
  await revoke.click();
  await done(page, 'API key revoked.');
  assert.equal((await asks()).status, 401);
});

test('a shared link shows numbers, and neither settings nor live', async () => {
  const page = await it.open(path('shares'));
  await page.getByLabel('Name', { exact: true }).fill('<b>Agency</b>');
  await page.getByRole('button', { name: 'Create link' }).click();
  const link = await page.getByLabel('the new link', { exact: true }).innerText();
  await page.getByRole('rowheader', { name: '<b>Agency</b>' }).waitFor();
  const context = await it.person({ as: null });
  const guest = await it.open(new URL(link).pathname + new URL(link).hash, { context });
  await guest.waitForURL(/\/sites\/shop\/overview/);
  assert.equal(await guest.getByRole('link', { name: 'Settings' }).count(), 0);
  assert.equal(await guest.getByRole('link', { name: 'Live' }).count(), 0);
});

test('somebody is invited, given another role, and removed', async () => {
  const page = await it.open(path('members'));
  await page.getByLabel('E-mail', { exact: true }).fill('cy@shop.example');
  await page.getByLabel('Name', { exact: true }).fill('Cy');
  await page.getByRole('button', { name: 'Invite' }).click();
  assert.match(await page.getByLabel('the one-time link', { exact: true }).innerText(), /\/welcome#\S+$/);
  const row = page.getByRole('row').filter({ hasText: 'cy@shop.example' });
  await row.getByRole('combobox').selectOption('editor');
  await done(page, 'Done. The new role of Cy applies now.');
  const member = async () => {
    const { items } = await it.shop.api('GET', '/members');
    return items.find(({ email }) => email === 'cy@shop.example');
  };
  assert.deepEqual((await member()).roles, [{ site: 'shop', role: 'editor' }]);
  await row.getByRole('button', { name: 'Remove cy@shop.example' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('cy@shop.example');
  await dialog.getByRole('button', { name: 'Remove account' }).click();
  await done(page, 'The account was removed.');
  assert.equal(await member(), undefined);
});

test('events are taken away as a file, as many as there are', async () => {
  const page = await it.open(path('export'));
  await page.getByLabel('Format').selectOption('ndjson');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  assert.equal(lines.length, (await it.shop.api('GET', '/sites/shop')).events);
});

test('changes are listed with who made them', async () => {
  await it.shop.api('POST', '/sites/shop/shares', { name: 'for the record' });
  const page = await it.open(path('changes'));
  const row = page.getByRole('table').getByRole('row').nth(1);
  await row.getByText('Link created', { exact: true }).waitFor();
  await row.getByText('owner@shop.example').first().waitFor();
});

for (const [role, offered] of Object.entries({
  viewer: ['Identity and consent'],
  editor: ['Tracking code', 'Identity and consent', 'Test orders', 'Export'],
}))
  test(`${role}s are offered what they may do, and the server refuses the rest`, async () => {
    const page = await it.open(path('identity'), { as: role });
    const parts = page.getByRole('navigation', { name: 'Parts of the settings' });
    await parts.waitFor();
    assert.deepEqual(await parts.getByRole('link').allInnerTexts(), offered);
    for (const [method, rest] of [
      ['GET', '/sites/shop/keys'],
      ['GET', '/members'],
      ['POST', '/sites/shop/shares'],
      ['PATCH', '/sites/shop'],
    ])
      await assert.rejects(it.shop.api(method, rest, method === 'GET' ? undefined : {}, role), /403/);
  });

test('one-time codes are asked for a code, and a wrong one is refused', async () => {
  it.expected.push(/40[0-9]|422/);
  const page = await it.open('/account', { as: 'editor' });
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('alert').waitFor();
});

test('a wrong current password changes nothing', async () => {
  it.expected.push(/40[0-9]|422/);
  const page = await it.open('/account', { as: 'editor' });
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill(`${PASSWORD}, another`);
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('alert').waitFor();
});
