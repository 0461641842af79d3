// How events get to the collector when pages end, connections fail and collectors are busy.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document, fixture, tag } from '../support/browser.js';

const it = fixture();
const { site } = it;

const track = (page, ...call) => page.evaluate((call) => window.waymark(...call), call);
const ids = (request) => request.envelope.events.map(({ id }) => id);

test('calls before the script is there are kept for it', async () => {
  site.pages.set(
    '/',
    `<!doctype html><script>
      window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)};
      waymark('identify','customer-17');
      waymark('purchase',{plan:'pro',n:3,gift:true,value:'19.90 EUR',key:'order-1001'});
    </script>${tag()}`,
  );
  const page = await (await it.person()).newPage();
  await page.goto('http://shop.test/');
  await site.event('purchase');
  assert.equal(site.requests.length, 1, 'events of a moment go together');
  const { envelope } = site.requests[0];
  assert.equal(envelope.user, 'customer-17');
  assert.deepEqual(
    envelope.events.map(({ name, props, value, key }) => ({ name, props, value, key })),
    [
      { name: 'pageview', props: {}, value: undefined, key: undefined },
      { name: '$identify', props: {}, value: undefined, key: undefined },
      {
        name: 'purchase',
        props: { plan: 'pro', n: 3, gift: true },
        value: '19.90 EUR',
        key: 'order-1001',
      },
    ],
  );
});

test('a number with a currency', async () => {
  const page = await it.open();
  await track(page, 'purchase', { value: 19.9, currency: 'EUR' });
  const { value, currency, props } = await site.event('purchase');
  assert.deepEqual({ value, currency, props }, { value: 19.9, currency: 'EUR', props: {} });
});

test('the last events of a page outlive it', async () => {
  site.pages.set('/away', '<p>away</p>');
  const page = await it.open('<a href="/away" data-wm-event="left">away</a>');
  await site.event('pageview');
  await page.click('a');
  await page.waitForURL('**/away');
  assert.equal((await site.event('left')).url, 'http://shop.test/');
});

test('so do those of a page that is closed', async () => {
  const page = await it.open();
  await page.evaluate(() => window.waymark('closing'));
  await page.close({ runBeforeUnload: true });
  await site.event('closing');
});

test('leaving does not wait for the request under way', async () => {
  let free;
  const busy = new Promise((resolve) => (free = resolve));
  site.answer = () => (site.requests.length === 1 ? busy : 200);
  site.pages.set('/away', '<p>away</p>');
  const page = await it.open();
  await site.until(() => site.requests.length === 1);
  await track(page, 'second');
  await page.goto('http://shop.test/away');
  await site.event('second');
  free(200);
  await site.event('pageview');
  assert.deepEqual(
    site.requests.map((request) => request.envelope.events.map(({ name }) => name)),
    [['pageview'], ['second']],
  );
});

/** The first answers are these; then all is well. Expects the same events again, and the pauses in milliseconds. */
const retried = (name, answers, atLeast) =>
  test(name, async () => {
    site.answer = () => answers[site.requests.length - 1] ?? 200;
    const page = await it.open();
    await site.event('pageview');
    const [first] = site.requests;
    assert.equal(site.requests.length, answers.length + 1);
    site.requests.forEach((request, attempt) => {
      assert.deepEqual(ids(request), ids(first));
      assert.deepEqual(request.envelope.events, first.envelope.events);
      if (!attempt) return;
      const before = site.requests[attempt - 1];
      assert.ok(request.envelope.sent_at > before.envelope.sent_at, 'the time of sending is set anew');
      assert.ok(request.at - before.at >= atLeast, `came again after ${request.at - before.at} ms`);
    });
    await track(page, 'later');
    await site.event('later');
    assert.equal(site.named('pageview').length, 1);
    assert.deepEqual(it.errors, []);
  });

retried('a collector out of order is tried again', [503], 990);
retried('and again, after longer', [500, 502], 990);
retried('a lost connection is tried again', ['reset'], 990);
retried('a request that did not come whole', [408], 990);
retried('when the collector says', [{ status: 503, headers: { 'retry-after': '2' } }], 1990);
retried('however busy it is', [{ status: 429, headers: { 'retry-after': '1' } }], 990);
retried(
  'a date in its answer is no reason to hurry',
  [{ status: 503, headers: { 'retry-after': 'Fri, 20 Nov' } }],
  990,
);

test('nothing is sent while it waits to try again, but for what is left', async () => {
  site.answer = () => ({ status: 503, headers: { 'retry-after': '60' } });
  site.pages.set('/away', '<p>away</p>');
  const page = await it.open();
  await site.until(() => site.requests[0]?.answered);
  await track(page, 'meanwhile');
  site.answer = () => 200;
  await page.goto('http://shop.test/away');
  await site.event('meanwhile');
  assert.deepEqual(
    site.requests.map((request) => request.envelope.events.map(({ name }) => name).sort()),
    [['pageview'], ['meanwhile', 'pageview']],
  );
});

test('what the collector refuses is not sent again', async () => {
  site.answer = () => (site.requests.length === 1 ? 400 : 200);
  const page = await it.open();
  await site.until(() => site.requests[0]?.answered);
  await track(page, 'next');
  await site.event('next');
  assert.deepEqual(
    site.requests.map((request) => request.envelope.events.map(({ name }) => name)),
    [['pageview'], ['next']],
  );
});

test('offline and online again, nothing is lost or doubled', async () => {
  const context = await it.person();
  const page = await it.open('', '', { context });
  await site.event('pageview');
  await context.setOffline(true);
  const failed = page.waitForEvent('requestfailed');
  await track(page, 'in_the_tunnel');
  await failed;
  await track(page, 'still_there');
  assert.equal(site.requests.length, 1);
  await context.setOffline(false);
  await site.event('still_there');
  await track(page, 'after');
  await site.event('after');
  const names = site.events.map(({ name }) => name).sort();
  assert.deepEqual(names, ['after', 'in_the_tunnel', 'pageview', 'still_there']);
  assert.equal(new Set(site.events.map(({ id }) => id)).size, 4);
  assert.deepEqual(it.errors, []);
});

test('large events go in requests that may outlive the page', async () => {
  const page = await it.open();
  await site.event('pageview');
  await page.evaluate(() => {
    for (let n = 0; n < 30; n++) window.waymark('large', { n, text: 'ä'.repeat(1000) });
  });
  await site.until(() => site.named('large').length === 30);
  assert.deepEqual(
    site.named('large').map(({ props }) => props.n),
    Array.from({ length: 30 }, (_, n) => n),
  );
  for (const { text } of site.requests) assert.ok(Buffer.byteLength(text) <= 60_000);
});

test('events that nobody takes do not fill the memory', async () => {
  site.answer = () => 503;
  const page = await it.open();
  await site.until(() => site.requests[0]?.answered);
  await page.evaluate(() => {
    for (let n = 0; n < 700; n++) window.waymark('many', { n });
  });
  site.answer = () => 200;
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await site.until(() => site.named('many').some(({ props }) => props.n === 699));
  const kept = site.named('many').map(({ props }) => props.n);
  assert.equal(kept.length, 500);
  assert.equal(Math.min(...kept), 200);
});

test('an endpoint elsewhere', async () => {
  await it.open('', 'data-endpoint="http://elsewhere.test/in/events"');
  await site.event('pageview');
  assert.equal(site.requests[0].headers.host, 'elsewhere.test');
});

test('the endpoint stands beside the script', async () => {
  site.pages.set('/', document('').replace('http://shop.test/wm.js', 'http://stats.test/deep/wm.js'));
  const page = await (await it.person()).newPage();
  await page.goto('http://shop.test/');
  await site.event('pageview');
  assert.equal(site.requests[0].headers.host, 'stats.test');
  assert.equal(site.requests[0].path, '/deep/v1/events');
});

/** Breaks the site's surroundings; expects a page that works and hears of nothing. */
const unharmed = (name, { init, headers, block, attributes }) =>
  test(name, async () => {
    const context = await it.person();
    if (block) await context.route(block, (route) => route.abort());
    if (init) await context.addInitScript(init);
    const html = document(
      '<button onclick="this.textContent=1">0</button><form><input name="a"></form>',
      attributes,
    );
    site.pages.set('/', { html, headers });
    const page = await context.newPage();
    await page.goto('http://shop.test/');
    await page.click('button');
    await page.fill('input', 'text');
    await page.evaluate(() => {
      if (window.waymark) window.waymark('called', { a: 1 });
      history.pushState({}, '', '/x');
    });
    assert.equal(await page.textContent('button'), '1');
    assert.equal(new URL(page.url()).pathname, '/x');
    assert.deepEqual(it.errors, []);
    assert.deepEqual(site.events, []);
  });

unharmed('a blocked script leaves the site unharmed', { block: '**/wm.js' });
unharmed('so does a blocked endpoint', { block: '**/v1/events' });
unharmed('or one that the page may not connect to', {
  headers: { 'content-security-policy': "connect-src 'none'" },
});
unharmed('or an endpoint that is no address', { attributes: 'data-endpoint="http://["' });
unharmed('or a browser without fetch', { init: () => delete window.fetch });
unharmed('or one whose fetch throws', {
  init: () => {
    window.fetch = () => {
      throw new Error('patched');
    };
  },
});

test('a strict content security policy needs no exception', async () => {
  const html = document('<form><input name="a"></form><p data-wm-on="seen" data-wm-event="seen">seen</p>');
  const policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'";
  site.pages.set('/', { html, headers: { 'content-security-policy': policy } });
  const page = await (await it.person()).newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto('http://shop.test/');
  await page.fill('input', 'text');
  await site.event('$form_start');
  await site.event('seen');
  assert.deepEqual(complaints, []);
});

test('without the second file, the rest goes on', async () => {
  const context = await it.person();
  await context.route('**/wm-more.js', (route) => route.abort());
  const page = await it.open('<form><input name="a"></form>', '', { context });
  await page.fill('input', 'text');
  await track(page, 'consent', 'granted');
  await track(page, 'still');
  await site.event('still');
  assert.deepEqual(it.errors, []);
});
