// Page views and engaged time: what is one, and what it says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document, fixture } from '../support/browser.js';

const it = fixture();
const { site } = it;

const paths = () => site.named('pageview').map(({ url }) => url.replace('http://shop.test', ''));

/** Opens the page, acts, and expects page views at these addresses. */
const check = (name, { attributes, act, expected }) =>
  test(name, async () => {
    const page = await it.open('<a id="part" href="#part">part</a>', attributes);
    await act(page);
    await page.evaluate(() => window.waymark('done'));
    await site.event('done');
    assert.deepEqual(paths(), expected);
    assert.deepEqual(it.errors, []);
  });

test('a page view as it is on the wire', async () => {
  const earliest = Date.now();
  const page = await it.open();
  const event = await site.event('pageview');
  const [{ envelope, headers }] = site.requests;
  assert.equal(envelope.site, 'shop');
  assert.match(envelope.load, /^[0-9a-f]{32}$/);
  assert.deepEqual(Object.keys(envelope).sort(), ['events', 'load', 'sent_at', 'site']);
  assert.match(event.id, /^[0-9a-f]{32}$/);
  assert.ok(event.time >= earliest && event.time <= envelope.sent_at);
  assert.deepEqual(
    { ...event, id: 0, time: 0 },
    {
      id: 0,
      name: 'pageview',
      time: 0,
      url: 'http://shop.test/',
      referrer: '',
      props: {},
      test: false,
    },
  );
  assert.match(headers['content-type'], /^text\/plain/);
  assert.equal(headers.cookie, undefined);
  assert.equal(await page.evaluate(() => typeof window.waymark), 'function');
});

check('the history of a single-page application', {
  act: (page) =>
    page.evaluate(() => {
      history.pushState({}, '', '/a?utm_source=x');
      history.pushState({}, '', '/a?sort=price');
      history.replaceState({}, '', '/b');
      history.replaceState({}, '', '/b#part');
      return new Promise((done) => {
        addEventListener('popstate', done);
        history.back();
      });
    }),
  expected: ['/', '/a?utm_source=x', '/b', '/a?utm_source=x'],
});

check('a fragment is no page', { act: (page) => page.click('#part'), expected: ['/'] });

check('unless the site says that it is', {
  attributes: 'data-hash',
  act: (page) => page.click('#part'),
  expected: ['/', '/#part'],
});

const go = (...urls) => ({
  attributes: 'data-hash',
  act: (page) => page.evaluate((urls) => urls.forEach((url) => history.pushState({}, '', url)), urls),
});
check('a route in the fragment, with what is behind it', {
  ...go('#/cart', '#/cart?sort=price', '#/cart', '#!/thanks', '/a#/cart'),
  expected: ['/', '/#/cart', '/#!/thanks', '/a#/cart'],
});
check('a fragment is sent if it tells of a campaign', {
  act: (page) =>
    page.evaluate(() => {
      history.pushState({}, '', '/a#utm_source=news');
      history.replaceState({}, '', '/a');
      history.pushState({}, '', '/b#access_token=secret');
    }),
  expected: ['/', '/a#utm_source=news', '/b'],
});

check('a tag that stands there twice counts once', {
  act: async (page) => {
    await page.addScriptTag({ url: 'http://shop.test/wm.js' });
  },
  expected: ['/'],
});

test('a test is marked as one', async () => {
  await it.open('', 'data-test');
  assert.equal((await site.event('pageview')).test, true);
});

test('referrers lead from page to page', async () => {
  site.pages.set('/entry', '<a href="http://shop.test/">in</a>');
  site.pages.set('/', document(''));
  const page = await (await it.person()).newPage();
  await page.goto('http://search.test/entry');
  await page.click('a');
  await site.event('pageview');
  await page.evaluate(() => history.pushState({}, '', '/next'));
  await site.until(() => site.named('pageview').length === 2);
  assert.deepEqual(
    site.named('pageview').map(({ referrer }) => referrer),
    ['http://search.test/', 'http://shop.test/'],
  );
});

test('a page restored by the back button is seen again', async () => {
  site.pages.set('/other', 'other');
  const page = await it.open();
  await site.event('pageview');
  await page.evaluate(() => (window.mark = 1));
  await page.goto('http://shop.test/other');
  await page.goBack({ waitUntil: 'commit' });
  await site.until(() => site.named('pageview').length === 2);
  assert.equal(await page.evaluate(() => window.mark), 1, 'the page was loaded anew, not restored');
  assert.notEqual(site.named('pageview')[0].id, site.named('pageview')[1].id);
});

test('a page rendered ahead counts when it is shown', async () => {
  const page = await it.open('', '', {
    init: () => Object.defineProperty(document, 'prerendering', { value: true, configurable: true }),
  });
  const shown = await page.evaluate(() => {
    const now = Date.now();
    Object.defineProperty(document, 'prerendering', { value: false });
    document.dispatchEvent(new Event('prerenderingchange'));
    return now;
  });
  const { time } = await site.event('pageview');
  assert.ok(time >= shown, `counted ${shown - time} ms before it was shown`);
  assert.equal(site.events.length, 1);
});

/** Turns the clock while the person acts, leaves, and expects these engaged milliseconds. */
const engaged = (name, { act, expected, attributes }) =>
  test(name, async () => {
    const start = 1_790_000_000_000;
    const context = await it.person();
    await context.clock.setFixedTime(start);
    const page = await it.open('', attributes, { context });
    let now = start;
    const steps = {
      wait: (seconds) => context.clock.setFixedTime((now += seconds * 1000)),
      press: () => page.keyboard.press('a'),
      hide: (hidden) =>
        page.evaluate((hidden) => {
          Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }, hidden),
      push: (path) => page.evaluate((path) => history.pushState({}, '', path), path),
    };
    await act(steps);
    site.pages.set('/away', document('<p>away</p>'));
    await page.goto('http://shop.test/away');
    await site.until(() => site.named('pageview').some(({ url }) => url.endsWith('/away')));
    const found = site.named('$engagement').map(({ props, url }) => [props.ms, new URL(url).pathname]);
    assert.deepEqual(found, expected);
    assert.deepEqual(it.errors, []);
  });

engaged('engaged time is that between signs of life', {
  act: async ({ wait, press }) => {
    await wait(5);
    await press();
    await wait(7);
  },
  expected: [[12000, '/']],
});

engaged('a person who does nothing for long is away', {
  act: async ({ wait, press }) => {
    await wait(5);
    await press();
    await wait(600);
  },
  expected: [[35000, '/']],
});

engaged('a page that is not visible engages nobody', {
  act: async ({ wait, hide }) => {
    await wait(5);
    await hide(true);
    await wait(20);
    await hide(false);
    await wait(3);
  },
  expected: [
    [5000, '/'],
    [3000, '/'],
  ],
});

engaged('time belongs to the page where it was spent', {
  act: async ({ wait, push }) => {
    await wait(5);
    await push('/second');
    await wait(9);
  },
  expected: [
    [5000, '/'],
    [9000, '/second'],
  ],
});

engaged('a glance is not engagement', { act: ({ wait }) => wait(0.9), expected: [] });
engaged('it can be switched off', {
  attributes: 'data-auto="-engagement"',
  act: ({ wait }) => wait(9),
  expected: [],
});
