// Plausible's and Segment's clients for browsers, unmodified, in Chromium.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHOP, STATS, Shop } from './support/browser.js';
import { compare, now } from './support/golden.js';
import { Waymark } from '../support/waymark.js';

process.env.WAYMARK_PUBLIC_URL = STATS;

const PAGE = '/tea?utm_source=news&utm_medium=email&token=secret';

/** Has a person visit pages with this script and do something there; `answers` are those of the server, each once. */
const check = async (client, { source, html, answers }, visit) => {
  const waymark = await Waymark.create('--host', 'shop.example');
  let shop;
  try {
    await waymark.serve();
    shop = await Shop.open(waymark, source, html);
    const page = await shop.visit(PAGE, { referer: 'http://mail.example/inbox?id=7' });
    await visit(page);
    assert.deepEqual(page.errors, []);
    assert.deepEqual([...new Set(page.answers)].sort(), answers);
    await compare(client, now(await waymark.stored()).map(looked));
  } finally {
    await shop?.close();
    await waymark.remove();
  }
};

/** An event without how long the page was looked at, which is never the same. */
const looked = (event) => {
  if (event.name !== '$engagement') return event;
  const { ms, ...prop } = event.prop;
  assert.ok(ms > 0, `${ms} ms`);
  return { ...event, prop };
};

/** Does it, and waits for so many answers of the server. */
const answered = async (page, count, act) => {
  let left = count;
  const all = new Promise((done) =>
    page.on('response', (response) => {
      const isAnswer = response.url().startsWith(STATS) && response.request().method() === 'POST';
      if (isAnswer && --left === 0) done();
    }),
  );
  await act();
  await all;
};

/** The page is hidden, as by another tab. */
const hide = () => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};

test('@plausible-analytics/tracker', () =>
  check(
    'plausible-tracker-official',
    {
      source: `
        import { init, track } from '@plausible-analytics/tracker';
        window.start = () => init({ domain: 'shop.example', endpoint: '${STATS}/api/event', outboundLinks: true });
        window.track = track;`,
      html: '<a href="http://elsewhere.example/a?b=c" target="_blank">elsewhere</a>',
      answers: ['POST 202'],
    },
    async (page) => {
      await answered(page, 1, () => page.evaluate('start()'));
      const revenue = { currency: 'EUR', amount: '19.90' };
      const options = { props: { plan: 'pro', seats: 3 }, revenue, interactive: false };
      await answered(page, 1, () => page.evaluate((options) => window.track('Order', options), options));
      await answered(page, 1, () => page.click('a'));
      await answered(page, 1, () => page.evaluate(hide));
    },
  ));

test('plausible-tracker', () =>
  check(
    'plausible-tracker',
    {
      source: `
        import Plausible from 'plausible-tracker';
        window.client = Plausible({ domain: 'copy.example,shop.example', apiHost: '${STATS}' });`,
      answers: ['POST 202'],
    },
    async (page) => {
      await answered(page, 1, () => page.evaluate('client.trackPageview()'));
      await answered(page, 1, () =>
        page.evaluate(`client.trackEvent('Signup', { props: { plan: 'pro', seats: 3 } })`),
      );
      await answered(page, 1, () =>
        page.evaluate(`client.trackPageview({ url: '${SHOP}/cart', referrer: null })`),
      );
    },
  ));

/** What a page's script does by Segment's client. */
const story = async (page, count) => {
  await answered(page, count, () =>
    page.evaluate(async () => {
      const { analytics } = window;
      // Each waits for the one before: what is under way at the same time arrives in any order.
      await analytics.page('Shop', 'Tea', { theme: 'dark' });
      await analytics.track('Product Added', { sku: 't-7', price: 4.5, tags: ['green', 'loose'] });
      await analytics.identify('u-1', { plan: 'pro', email: 'ann@shop.example' });
      await analytics.track('Order Completed', { order_id: 'o-7', revenue: 19.9, currency: 'EUR' });
      await analytics.group('g-1', { name: 'Acme' });
      await analytics.alias('u-2');
    }),
  );
};

/** Where to send, the client asks the server, which says it by its public address. */
const load = (receiver) => `
  import { AnalyticsBrowser } from '@segment/analytics-next';
  window.analytics = AnalyticsBrowser.load(
    { writeKey: 'shop', cdnURL: '${STATS}' },
    { integrations: { 'Segment.io': ${JSON.stringify(receiver)} } },
  );`;
const answers = ['GET 200', 'POST 200'];

test('@segment/analytics-next', () =>
  check('segment-browser', { source: load({}), answers }, (page) => story(page, 6)));

test('@segment/analytics-next in batches', () => {
  const deliveryStrategy = { strategy: 'batching', config: { size: 6, timeout: 60_000 } };
  return check('segment-browser', { source: load({ deliveryStrategy }), answers }, (page) => story(page, 1));
});
