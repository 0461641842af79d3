// How the script finds its tag, where it runs, and what it says in the console when nothing is counted: once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document, fixture, tag } from '../support/browser.js';

const it = fixture();
const { site } = it;

/** Opens the page, waits for what it says, and for nothing more. */
const said = async (html, { init, path = 'http://shop.test/', act } = {}) => {
  site.pages.set('/', html);
  const context = await it.person();
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  const warnings = [];
  page.on(
    'console',
    (message) => message.type() === 'warning' && warnings.push(message.text().split('\n')[0]),
  );
  await page.goto(path);
  if (act) await act(page);
  await site.until(() => warnings.length, 'a warning').catch(() => {});
  await page.waitForTimeout(300);
  assert.deepEqual(it.errors, []);
  return warnings;
};

const says = (name, html, expected, options) =>
  test(name, async () =>
    assert.deepEqual(await said(html, options), [`Not counted by Waymark: ${expected}`]),
  );

says('no tag', '<script type="module" src="/wm.js"></script>', 'no script[data-site][src*=wm]');
says(
  'an endpoint that is no address',
  document('', 'data-endpoint="http://["'),
  "TypeError: Failed to construct 'URL': Invalid URL",
  {},
);
says('a person who opted out', document(''), 'opted out', {
  init: () => location.host === 'shop.test' && (localStorage['wm.out'] = 1),
  act: (page) => page.evaluate(() => window.waymark('more')),
});
says(
  'consent that the browser refuses',
  document('', 'data-consent="granted"'),
  'consent, as the browser asks not to be tracked (GPC or DNT)',
  {
    init: () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
  },
);

test('what the collector says, once', async () => {
  const headers = {
    'x-waymark-not-counted': 'local_host',
    'access-control-expose-headers': 'x-waymark-not-counted',
  };
  site.answer = () => ({ status: 200, headers });
  const warnings = await said(document(''), {
    act: async (page) => {
      await site.event('pageview');
      await page.evaluate(() => window.waymark('more'));
      await site.event('more');
    },
  });
  assert.deepEqual(warnings, ['Not counted by Waymark: local_host']);
});

test('where all is well, nothing', async () => {
  site.pages.set('/', document(''));
  const page = await (await it.person()).newPage();
  const words = [];
  page.on('console', (message) => words.push(message.text()));
  await page.goto('http://shop.test/');
  await site.event('pageview');
  await page.evaluate(() => window.waymark('more'));
  await site.event('more');
  assert.deepEqual(words, []);
});

/** Ways to load the script that do not say which tag it is: it works. */
const works = (name, html) =>
  test(name, async () => {
    site.pages.set('/', html);
    const page = await (await it.person()).newPage();
    await page.goto('http://shop.test/');
    const { url } = await site.event('pageview');
    assert.equal(url, 'http://shop.test/');
    assert.equal(site.requests[0].envelope.site, 'shop');
    assert.deepEqual(it.errors, []);
  });

works('as a module', tag().replace('defer', 'type="module"'));
works(
  'as a module of another',
  `${tag().replace('defer', 'type="text/plain"')}<script type="module">import '/wm.js';</script>`,
);
works(
  'by a loader that fetches and runs it',
  `${tag().replace('defer', 'type="x-text/javascript"')}
   <script>fetch('/wm.js').then((got) => got.text()).then((text) => Function(text)())</script>`,
);
works(
  'by a tag that a script adds',
  `<script>
    const script = document.createElement('script');
    script.src = '/wm.js';
    script.dataset.site = 'shop';
    document.head.append(script);
  </script>`,
);
works('where an element is called like us', `<div id="waymark"></div>${tag()}`);

test('in a sandboxed frame', async () => {
  site.pages.set('/', '<iframe sandbox="allow-scripts allow-forms" src="/framed"></iframe>');
  site.pages.set(
    '/framed',
    document(
      '<form onsubmit="return false" data-wm-event="lead"><input name="a"><button>go</button></form>',
      'data-consent="granted"',
    ),
  );
  const page = await (await it.person()).newPage();
  await page.goto('http://shop.test/');
  const { url } = await site.event('pageview');
  assert.equal(url, 'http://shop.test/framed');
  const frame = page.frames()[1];
  await frame.fill('input', 'x');
  await frame.click('button');
  await frame.evaluate(() => window.waymark('purchase', { key: 'order-1' }));
  await site.event('lead');
  assert.equal((await site.event('purchase')).key, 'order-1');
  assert.deepEqual(it.errors, []);
});
