// From the browser and from a server into the real data folder.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { Waymark as Client } from '../../node/dist/index.js';
import { document, fixture } from '../support/browser.js';
import { Waymark } from '../support/waymark.js';

const it = fixture();
const { site } = it;
let waymark;

beforeEach(async () => {
  waymark = await Waymark.create();
});
afterEach(() => waymark.remove());

/** What a browser says that is not driven by a test. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

/** Resolves with the answer of the collector to a request that has this event. */
const acknowledged = (page, name) =>
  page.waitForResponse(
    (response) =>
      response.url().startsWith(waymark.address) && !!response.request().postData()?.includes(`"${name}"`),
  );

/** A page with the script that the binary serves, once its first page view is stored. */
const open = async (html, attributes = '') => {
  // How long a test takes is none of its events.
  const quiet = `data-auto="-engagement" ${attributes}`;
  site.pages.set('/', document(html, quiet, waymark.address));
  const page = await (await it.person({ userAgent })).newPage();
  const first = acknowledged(page, 'pageview');
  await page.goto('http://www.shop.example/?utm_source=news&token=secret');
  await first;
  return page;
};

test('what happens in the browser is stored as it happened', async () => {
  await waymark.serve();
  const page = await open(
    `<button data-wm-event="buy" data-wm-prop-plan="pro" data-wm-value="19.90 EUR" data-wm-key="order-1">buy</button>
     <div style="height:5000px"></div>`,
  );
  await page.evaluate(() => history.pushState({}, '', '/cart'));
  const last = acknowledged(page, 'done');
  await page.click('button');
  await page.evaluate(() => window.waymark('done', { n: 3, gift: true }));
  const answer = await (await last).json();
  assert.deepEqual(answer.refused, []);
  const stored = await waymark.stored();
  const told = stored.map(({ name, host, path, prop, value_minor, currency }) => [
    name,
    `${host}${path}`,
    prop ?? {},
    value_minor,
    currency,
  ]);
  assert.deepEqual(told, [
    ['pageview', 'www.shop.example/', {}, undefined, undefined],
    ['pageview', 'www.shop.example/cart', {}, undefined, undefined],
    ['buy', 'www.shop.example/cart', { plan: 'pro' }, 1990, 'EUR'],
    ['done', 'www.shop.example/cart', { n: '3', gift: 'true' }, undefined, undefined],
  ]);
  assert.ok(stored.every(({ identity }) => identity === 'audience'));
  assert.ok(!JSON.stringify(stored).includes('secret'));
});

test('with consent the identity says so', async () => {
  await waymark.serve();
  const page = await open('', 'data-consent="granted"');
  await page.waitForFunction(() => document.cookie.includes('wm='));
  const last = acknowledged(page, 'known');
  await page.evaluate(() => window.waymark('known'));
  await last;
  const stored = await waymark.stored();
  const known = stored.find(({ name }) => name === 'known');
  assert.equal(known.identity, 'consented');
});

test('the last events of a page, and a test, are stored', async () => {
  await waymark.serve();
  const page = await open('', 'data-test');
  await page.evaluate(() => window.waymark('closing'));
  const last = acknowledged(page, 'closing');
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  await last;
  const stored = await waymark.stored();
  assert.deepEqual(
    stored.map(({ name, tag }) => [name, tag]),
    [
      ['pageview', 'test'],
      ['closing', 'test'],
    ],
  );
});

test('a collector that is away for a while misses nothing and counts nothing twice', async () => {
  await waymark.serve();
  const page = await open('');
  await waymark.stop();
  const failed = page.waitForEvent('requestfailed');
  await page.evaluate(() => window.waymark('meanwhile'));
  await failed;
  await waymark.serve();
  const last = acknowledged(page, 'meanwhile');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await last;
  const names = (await waymark.stored()).map(({ name }) => name);
  assert.deepEqual(names, ['pageview', 'meanwhile']);
});

test('a server tells of the past, and its values are verified', async () => {
  const made = JSON.parse(await waymark.command('--json', 'key', 'add', 'shop', '--scope', 'collect'));
  await waymark.serve();
  const refused = [];
  const client = new Client({
    host: waymark.address,
    site: 'shop',
    key: made.key,
    onRefused: (refusal) => refused.push(refusal),
  });
  const past = new Date('2026-01-02T03:04:05.678Z');
  const purchase = { name: 'purchase', time: past, visitor: 'v-1', key: 'order-1', value: '5 EUR' };
  client.track({ ...purchase, id: 'f'.repeat(32), props: { plan: 'pro' } });
  await client.flush();
  client.track({ ...purchase, id: 'f'.repeat(32), props: { plan: 'pro' } });
  client.track({ name: 'early', time: new Date(0) });
  await client.close();
  const [event, ...others] = await waymark.stored();
  assert.deepEqual(others, [], 'the same event twice is one');
  const { name, time, value_minor, verified, prop } = event;
  assert.deepEqual(
    { name, time, value_minor, verified, prop },
    { name: 'purchase', time: past.toISOString(), value_minor: 500, verified: true, prop: { plan: 'pro' } },
  );
  assert.deepEqual(
    refused.map(({ code }) => code),
    ['bad_time'],
  );
});
