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
  prepare: async (shop) => {
    await shop.send(
      { name: 'pageview', url: URL, props: { '<b>key</b>': VALUE } },
      { name: NAME, url: URL, props: { plan: VALUE }, key: IMAGE, value: '9.90 EUR' },
    );
    await shop.api('PUT', `/sites/shop/goals/${encodeURIComponent(HEADLINE)}`, {
      name: HEADLINE,
      role: 'macro',
      headline: true,
      event: NAME,
      counting: 'every',
    });
    await shop.api('PUT', `/sites/shop/funnels/${encodeURIComponent(FUNNEL)}`, {
      name: FUNNEL,
      steps: ['pageview', { event: NAME, label: SCRIPT }, HEADLINE],
    });
    const date = new Date().toISOString().slice(0, 10);
    await shop.api('POST', '/sites/shop/notes', { date, text: SCRIPT });
    await shop.api('POST', '/sites/shop/segments', { name: IMAGE, filter: { where: { source: SCRIPT } } });
    await shop.api('POST', '/sites/shop/shares', { name: IMAGE });
    await shop.api('POST', '/members', {
      email: 'm@shop.example',
      name: SCRIPT,
      site: 'shop',
      role: 'viewer',
    });
  },
});
/** A goal and a funnel of such names. */
const HEADLINE = `sold ${SCRIPT}`;
const FUNNEL = `way ${IMAGE}`;

/** Opens, looks for the text as text, and makes sure that it was nothing else. */
const shows = async (path, ...texts) => {
  const page = await it.open(path, { until: 'load' });
  page.on('dialog', (dialog) => assert.fail(`a dialog was opened: ${dialog.message()}`));
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

/** Every page that shows what came with events or what people typed, with what it must show of it. */
const part = (name) => `/sites/shop/settings?part=${name}`;
for (const [name, path, ...texts] of [
  [
    'the overview',
    `/sites/shop/overview?range=1d&by=${encodeURIComponent('prop.<b>key</b>')}`,
    HEADLINE,
    '=1+1',
  ],
  ['funnels', '/sites/shop/funnels?range=1d', FUNNEL],
  [
    'a funnel, side by side',
    `/sites/shop/funnels?range=1d&by=source&funnel=${encodeURIComponent(FUNNEL)}`,
    FUNNEL,
    SCRIPT,
  ],
  [
    'what those did who dropped out',
    `/sites/shop/funnels?range=1d&lost=1&funnel=${encodeURIComponent(FUNNEL)}`,
    'What they did instead',
  ],
  ['goals', '/sites/shop/goals?range=1d', HEADLINE],
  ['a goal, tried on the history', `/sites/shop/goals?goal=${encodeURIComponent(HEADLINE)}`, 'onerror'],
  ['journeys by page', '/sites/shop/journeys?range=1d', `Paths to ${HEADLINE}`, 'onerror'],
  ['journeys by event', '/sites/shop/journeys?range=1d&steps=event&side=after', `Paths from ${HEADLINE}`],
  ['Live', '/sites/shop/live', HEADLINE],
  ['members', part('members'), SCRIPT],
  ['shared links', part('shares'), IMAGE],
  ['the record of changes', part('changes'), FUNNEL],
])
  test(`on ${name}`, () => shows(path, ...texts));

test('behind a number, and in the file of definitions', async () => {
  const page = await shows('/sites/shop/overview?range=1d', HEADLINE);
  await page.getByRole('button', { name: /: show the events$/ }).click();
  await page.locator('dialog[open]').getByText('onerror').first().waitFor();
  assert.equal(await page.locator('dialog img, dialog script').count(), 0);
  await page.keyboard.press('Escape');
  await page.goto('/sites/shop/goals');
  await page.getByRole('button', { name: 'waymark.toml' }).click();
  await page.waitForFunction(
    (name) => document.querySelector('dialog textarea').value.includes(name),
    SCRIPT,
  );
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
});

test('in a filter, and as a suggestion', async () => {
  const filter = encodeURIComponent(`source=${SCRIPT}`);
  const page = await shows(`/sites/shop/overview?range=1d&filter=${filter}`, SCRIPT);
  await page.keyboard.press('/');
  await page.getByLabel('Filter by', { exact: true }).selectOption('source');
  await page.getByLabel('Value', { exact: true }).fill('<');
  await page.getByRole('option', { name: SCRIPT }).click();
  await page.getByRole('button', { name: 'Apply filter' }).click();
  assert.equal(await page.evaluate(() => globalThis.hurt), undefined);
});

test('as the name of a goal and of a note', async () => {
  const goal = { name: NAME, role: 'secondary', event: NAME };
  await it.shop.api('PUT', `/sites/shop/goals/${encodeURIComponent(NAME)}`, goal);
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
