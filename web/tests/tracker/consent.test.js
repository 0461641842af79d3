// What is stored on the device: nothing before consent, one cookie after it, one flag for those who opt out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document, fixture, tag } from '../support/browser.js';

const it = fixture();
const { site } = it;

const DAY_MS = 864e5;
const track = (page, ...call) => page.evaluate((call) => window.waymark(...call), call);

/** Everything that browsers let a page store. */
const stored = async (page) => {
  const inside = await page.evaluate(async () => ({
    cookie: document.cookie,
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: typeof indexedDB.databases === 'function' ? (await indexedDB.databases()).length : 0,
    caches: window.caches ? (await caches.keys()).length : 0,
  }));
  return { ...inside, cookies: (await page.context().cookies()).length };
};
const NOTHING = { cookie: '', local: [], session: [], databases: 0, caches: 0, cookies: 0 };

const cookie = async (page) => (await page.context().cookies()).find(({ name }) => name === 'wm');

/** Waits until the second file has set, or removed, the cookie. */
const settled = (page, there) =>
  page.waitForFunction((there) => /\bwm=/.test(document.cookie) === there, there);

/** The visitor of the request that brought this event. */
const visitorOf = (name) =>
  site.requests.find(({ envelope }) => envelope.events.some((event) => event.name === name)).envelope.visitor;

const sent = async (page, name) => {
  await track(page, name);
  await site.event(name);
  return visitorOf(name);
};

test('without consent nothing is stored, whatever happens', async () => {
  // On 127.0.0.1 the page is a secure context, which has every kind of storage.
  const origin = `http://127.0.0.1:${site.port}`;
  const html = `<a href="/x.pdf">file</a><form onsubmit="return false"><input name="a"><button>go</button></form>
    <p data-wm-event="seen" data-wm-on="seen">x</p><div style="height:3000px">long</div>`;
  site.pages.set('/', document(html).replaceAll('http://shop.test', origin));
  const page = await (await it.person()).newPage();
  await page.goto(origin);
  await page.fill('input', 'x');
  await page.click('button');
  await page.evaluate(() => scrollTo(0, 3000));
  await track(page, 'identify', 'customer-17');
  await site.event('$scroll');
  site.answer = () => 503;
  await track(page, 'undelivered');
  await site.until(() => site.requests.at(-1).answered === 503);
  assert.deepEqual(await stored(page), NOTHING);
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  assert.deepEqual(await stored(page), NOTHING);
  assert.ok(site.requests.every(({ envelope }) => !('visitor' in envelope)));
});

test('consent sets one cookie for 395 days, and never longer', async () => {
  const earliest = Date.now();
  const page = await it.open();
  await site.event('pageview');
  assert.equal(visitorOf('pageview'), undefined);
  await track(page, 'consent', 'granted');
  await settled(page, true);
  const { value, expires, sameSite, path, domain, secure } = await cookie(page);
  assert.match(value, /^[0-9a-f]{32}\.\d+$/);
  const [id, since] = value.split('.');
  assert.ok(since >= earliest && since <= Date.now());
  assert.ok(Math.abs(expires * 1000 - since - 395 * DAY_MS) < 2000);
  assert.deepEqual(
    { sameSite, path, domain, secure },
    { sameSite: 'Lax', path: '/', domain: 'shop.test', secure: false },
  );
  assert.deepEqual(await sent(page, 'known'), { id, since: Number(since) });

  await page.reload();
  await track(page, 'consent', 'granted');
  assert.deepEqual(await sent(page, 'still_known'), { id, since: Number(since) });
  const again = await cookie(page);
  assert.deepEqual([again.value, again.expires], [value, expires]);
  assert.deepEqual(await stored(page), { ...NOTHING, cookie: `wm=${value}`, cookies: 1 });
});

for (const [how, before] of [
  ['before the script is there', "waymark('consent', 'granted');"],
  ['when it is', "addEventListener('load', () => waymark('consent', 'granted'));"],
  ['as a function of its own', "addEventListener('load', () => waymark.consent('granted'));"],
]) {
  test(`consent said ${how}`, async () => {
    const stub = 'window.waymark=window.waymark||function(){(waymark.q=waymark.q||[]).push(arguments)};';
    site.pages.set('/', `<!doctype html><script>${stub}${before}</script>${tag()}`);
    const page = await (await it.person()).newPage();
    await page.goto('http://shop.test/');
    await settled(page, true);
    assert.ok(await sent(page, 'known'));
    assert.deepEqual(it.errors, []);
  });
}

test('a refusal takes effect at once and removes what was stored', async () => {
  const page = await it.open();
  await track(page, 'consent', 'granted');
  await settled(page, true);
  await page.evaluate(() => (localStorage['wm.kept.old'] = '[]'));
  await track(page, 'consent', 'denied');
  assert.equal(await sent(page, 'unknown'), undefined);
  await settled(page, false);
  assert.deepEqual(await stored(page), NOTHING);
  await track(page, 'consent', 'granted');
  await settled(page, true);
  assert.ok(await sent(page, 'known_anew'));
});

test('the tag may say it', async () => {
  const context = await it.person();
  let page = await it.open('', 'data-consent="granted"', { context });
  await settled(page, true);
  assert.ok(await sent(page, 'granted'));
  page = await it.open('', 'data-consent="denied"', { context });
  await settled(page, false);
  assert.equal(await sent(page, 'denied'), undefined);
});

test('a cookie for all hosts of a domain', async () => {
  site.pages.set('/', document('', 'data-domain="shop.test" data-consent="granted"'));
  const page = await (await it.person()).newPage();
  await page.goto('http://www.shop.test/');
  await settled(page, true);
  const first = await cookie(page);
  assert.equal(first.domain, '.shop.test');
  await page.goto('http://blog.shop.test/');
  assert.equal(`${(await sent(page, 'there')).id}`, first.value.split('.')[0]);
  await track(page, 'consent', 'denied');
  await settled(page, false);
  assert.equal(await cookie(page), undefined);
});

for (const [name, value] of [
  ['globalPrivacyControl', true],
  ['doNotTrack', '1'],
]) {
  test(`with ${name} consent is not taken`, async () => {
    const context = await it.person();
    await context.addInitScript(
      ([name, value]) => Object.defineProperty(Navigator.prototype, name, { get: () => value }),
      [name, value],
    );
    await context.addCookies([{ name: 'wm', value: `${'a'.repeat(32)}.1`, url: 'http://shop.test/' }]);
    const page = await it.open('', '', { context });
    assert.equal(await sent(page, 'before'), undefined);
    await track(page, 'consent', 'granted');
    await settled(page, false);
    assert.equal(await sent(page, 'after'), undefined);
    assert.deepEqual(await stored(page), NOTHING);
  });
}

test('who opts out is left alone, on this page and the next', async () => {
  const page = await it.open('', 'data-consent="granted"');
  await site.event('pageview');
  await settled(page, true);
  site.pages.set('/', document(''));
  await track(page, 'opt', 'out');
  await track(page, 'unwanted');
  await settled(page, false);
  assert.deepEqual(await stored(page), { ...NOTHING, local: ['wm.out'] });
  await page.reload();
  await track(page, 'unwanted');
  await track(page, 'opt', 'in');
  assert.deepEqual(await stored(page), NOTHING);
  await page.reload();
  await sent(page, 'welcome');
  assert.deepEqual(
    site.events.map(({ name }) => name),
    ['pageview', 'pageview', 'welcome'],
  );
});

test('with consent, what could not be delivered goes with the next page', async () => {
  const context = await it.person();
  let page = await it.open('', 'data-consent="granted"', { context });
  await site.event('pageview');
  await settled(page, true);
  await context.setOffline(true);
  await track(page, 'lost', { n: 1 });
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  const [key, ...others] = (await stored(page)).local;
  assert.deepEqual(others, []);
  const [kept] = JSON.parse(await page.evaluate((key) => localStorage[key], key));
  assert.equal(kept.name, 'lost');
  await page.close();
  await context.setOffline(false);
  page = await it.open('', 'data-consent="granted"', { context });
  const event = await site.event('lost');
  assert.deepEqual(event, kept);
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  assert.deepEqual((await stored(page)).local, []);
});

test('a link to another host of the site takes the identifier along', async () => {
  const attributes = 'data-domain="shop.test pay.test" data-consent="granted"';
  site.pages.set('/', document('<a href="http://pay.test/pay?order=a%20b#form">pay</a>', attributes));
  site.pages.set('/pay', document('pay', attributes));
  const page = await (await it.person()).newPage();
  await page.goto('http://shop.test/');
  await settled(page, true);
  const { id, since } = await sent(page, 'in_the_shop');
  await page.click('a');
  await page.waitForURL('http://pay.test/pay?order=a%20b#form');
  assert.deepEqual(await sent(page, 'paid'), { id, since });
  const urls = site.named('pageview').map(({ url }) => url);
  assert.deepEqual(urls, ['http://shop.test/', 'http://pay.test/pay?order=a%20b']);
  assert.ok(!site.asked.some((path) => path.includes('_wm')));
});

test('without consent it takes nothing along', async () => {
  const attributes = 'data-domain="shop.test pay.test"';
  site.pages.set('/', document('<a href="http://pay.test/pay">pay</a>', attributes));
  site.pages.set('/pay', document('pay', attributes));
  const page = await (await it.person()).newPage();
  await page.goto('http://shop.test/');
  await page.click('a');
  await page.waitForURL('http://pay.test/pay');
  assert.equal(await sent(page, 'paid'), undefined);
  assert.deepEqual(await stored(page), NOTHING);
});

/** Arrives by a link of this age that brings an identifier; expects it to be used or not. The address is clean either way. */
const arrival = (name, { ageMs, attributes, used }) =>
  test(name, async () => {
    const [id, since] = ['b'.repeat(32), Date.now() - DAY_MS];
    site.pages.set('/', document('', attributes));
    const page = await (await it.person()).newPage();
    await page.goto(`http://shop.test/?a=1&_wm=${id}.${since}.${Date.now() - ageMs}&c=2`);
    await page.waitForURL('http://shop.test/?a=1&c=2');
    const visitor = await sent(page, 'arrived');
    assert.equal(visitor?.id === id, used);
    assert.equal(site.named('pageview')[0].url, 'http://shop.test/?a=1&c=2');
  });

const BOTH = 'data-domain="shop.test pay.test"';
arrival('an identifier that is brought needs consent here', { ageMs: 0, attributes: BOTH, used: false });
arrival('and with it, is used', { ageMs: 0, attributes: `${BOTH} data-consent="granted"`, used: true });
arrival('an old link brings nobody', {
  ageMs: 121e3,
  attributes: `${BOTH} data-consent="granted"`,
  used: false,
});
