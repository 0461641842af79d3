// What comes with events is hostile text: it is shown as text, on every page that shows it, and does nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const SCRIPT = '<script>globalThis.hurt = 1</script>';
const IMAGE = '<img src=x onerror="globalThis.hurt = 2">';
const NAME = `buy ${IMAGE}`;
/** Right-to-left override, a tab, and a formula. */
const VALUE = `=1+1\u202e\t${SCRIPT}`;

const URL = `http://localhost/a/${encodeURIComponent(IMAGE)}?utm_source=${encodeURIComponent(SCRIPT)}&utm_campaign=javascript:alert(1)`;

const it = dashboard({
  events: 2_000,
  days: 30,
  prepare: (shop) =>
    shop.send(
      { name: 'pageview', url: URL, props: { '<b>key</b>': VALUE } },
      { name: NAME, url: URL, props: { plan: VALUE } },
    ),
});

/** Opens, looks for the text as text, and makes sure that it was nothing else. */
const shows = async (path, ...texts) => {
  const page = await it.open(path);
  for (const text of texts) await page.getByText(text).first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
  assert.equal(await page.locator('img[src="x"], main script, a[href^="javascript:"]').count(), 0);
  return page;
};

for (const [by, text] of [
  ['path', 'onerror'],
  ['source', SCRIPT],
  ['campaign', 'javascript:alert(1)'],
  ['event', 'pageview'],
])
  test(`broken down by ${by}`, () => shows(`/sites/shop/overview?range=1d&by=${by}`, text));

test('in a filter, and as a suggestion', async () => {
  const filter = encodeURIComponent(`source=${SCRIPT}`);
  const page = await shows(`/sites/shop/overview?range=1d&filter=${filter}`, SCRIPT);
  await page.keyboard.press('/');
  await page.getByLabel('What', { exact: true }).selectOption('source');
  await page.getByLabel('Value', { exact: true }).fill('<');
  await page.getByRole('option', { name: SCRIPT }).click();
  await page.getByRole('button', { name: 'Add the filter' }).click();
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
});

test('as the name of a goal and of a note', async () => {
  const goal = { name: NAME, role: 'secondary', event: NAME };
  await it.shop.api('PUT', `/sites/shop/goals/${encodeURIComponent(NAME)}`, goal);
  await it.shop.api('POST', '/sites/shop/notes', {
    date: new Date().toISOString().slice(0, 10),
    text: SCRIPT,
  });
  await shows('/sites/shop/overview?range=7d', NAME, SCRIPT);
});

test('a token, a path and a view that make no sense do no harm', async () => {
  for (const path of [
    `/sites/${encodeURIComponent(IMAGE)}/overview`,
    '/sites/%E0%A4%A/overview',
    `/sites/shop/overview?range=${encodeURIComponent(SCRIPT)}&by=${encodeURIComponent(IMAGE)}&where={"a":`,
    '/sites/shop/overview?filter==&filter=x&zone=No/Where&base=no&compare=x',
  ]) {
    it.expected.push(/40[04]|422/);
    await shows(path);
  }
});
