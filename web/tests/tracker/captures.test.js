// What is captured by itself, what elements say, and how either is switched off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, second } from '../support/browser.js';

const it = fixture();
const { site } = it;

const LONG = '<div style="height:4000px">long</div>';

/** The part of an event that a capture makes. */
const made = ({ name, props, value, key }) => {
  const given = { name, props };
  if (value !== undefined) given.value = value;
  if (key !== undefined) given.key = key;
  return given;
};

/** Opens a page with this body, acts, and expects these events besides page views and engagement. */
const check = (name, { html, attributes, act, expected }) =>
  test(name, async () => {
    // Links lead somewhere, but the page stays.
    const stay = 'onclick = (event) => event.target.closest("a, area") && event.preventDefault()';
    const page = await it.open(`${html}<script>${stay}</script>`, attributes);
    await site.until(() => site.asked.includes('/wm.js'));
    await act(page);
    const count = expected.length;
    const found = () => site.events.filter(({ name }) => !['pageview', '$engagement', 'done'].includes(name));
    await site.until(() => found().length >= count, `${count} events`);
    await page.evaluate(() => window.waymark('done'));
    await site.event('done');
    assert.deepEqual(found().map(made), expected);
    assert.deepEqual(it.errors, []);
  });

const link = (href, attributes = '') => `<a id="link" href="${href}" ${attributes}>link</a>`;
const click = (page) => page.click('#link');
const url = (url) => ({ url });

// Links.
check('a link to another site', {
  html: link('http://other.test/page?token=secret#part'),
  act: click,
  expected: [{ name: '$outbound', props: url('http://other.test/page') }],
});
check('opened by the middle button', {
  html: link('http://other.test/'),
  act: (page) => page.click('#link', { button: 'middle' }),
  expected: [{ name: '$outbound', props: url('http://other.test/') }],
});
check('but not by the menu', {
  html: link('http://other.test/'),
  act: (page) => page.click('#link', { button: 'right' }),
  expected: [],
});
check('through what stands in the link', {
  html: '<a href="http://other.test/"><span><b id="link">x</b></span></a>',
  act: click,
  expected: [{ name: '$outbound', props: url('http://other.test/') }],
});
check('a link within the site is none', { html: link('/page'), act: click, expected: [] });
check('nor is one to a host of the same owner', {
  html: link('http://www.pay.test/'),
  attributes: 'data-domain="shop.test pay.test"',
  act: click,
  expected: [],
});
check('nor a mail address', { html: link('mailto:a@shop.test'), act: click, expected: [] });
check('a file', {
  html: link('/files/Brochure.PDF?v=2'),
  act: click,
  expected: [{ name: '$download', props: url('http://shop.test/files/Brochure.PDF') }],
});
check('a file that the page says is one', {
  html: link('/export', 'download'),
  act: click,
  expected: [{ name: '$download', props: url('http://shop.test/export') }],
});
for (const kind of '7z apk avi csv dmg docx epub exe flac gz ics m4a mov mp3 mp4 msi ods pdf pkg pptx rar rtf tar.gz txt vcf wav webm xlsx xz zip'.split(
  ' ',
)) {
  check(`a file of the kind .${kind}`, {
    html: link(`/files/a.${kind}`),
    act: click,
    expected: [{ name: '$download', props: url(`http://shop.test/files/a.${kind}`) }],
  });
}
for (const path of ['/guide.html', '/a.php', '/vue.js', '/john.doe', '/v1.2', '/zip', '/a.zip/about']) {
  check(`a page and no file: ${path}`, { html: link(path), act: click, expected: [] });
}
check('a host that ends like the site is another', {
  html: link('http://myshop.test/'),
  act: click,
  expected: [{ name: '$outbound', props: url('http://myshop.test/') }],
});
check('as is one that ends like a listed one', {
  html: link('http://notpay.test/'),
  attributes: 'data-domain="shop.test  Pay.test"',
  act: click,
  expected: [{ name: '$outbound', props: url('http://notpay.test/') }],
});
check('a host in the site is none', { html: link('http://blog.shop.test/'), act: click, expected: [] });
check('however the list writes it', {
  html: link('http://www.pay.test/'),
  attributes: 'data-domain=" .Pay.test "',
  act: click,
  expected: [],
});
check('an image map', {
  html: `<img usemap="#m" width="100" height="100" alt=""><map name="m">
    <area id="link" shape="rect" coords="0,0,100,100" href="http://other.test/" alt=""></map>`,
  act: (page) => page.mouse.click(30, 30),
  expected: [{ name: '$outbound', props: url('http://other.test/') }],
});
check('a file elsewhere is one event', {
  html: link('http://other.test/a.zip'),
  act: click,
  expected: [{ name: '$download', props: url('http://other.test/a.zip') }],
});
check('a social network', {
  html: link('http://www.instagram.com/shop'),
  act: click,
  expected: [{ name: '$social', props: url('http://www.instagram.com/shop') }],
});
check('a name like that of a network is none', {
  html: link('http://netflix.com/'),
  act: click,
  expected: [{ name: '$outbound', props: url('http://netflix.com/') }],
});
check('a social link where that is off is a link', {
  html: link('http://x.com/shop'),
  attributes: 'data-auto="-social"',
  act: click,
  expected: [{ name: '$outbound', props: url('http://x.com/shop') }],
});

// Scroll.
const scrollTo = (share) => (page) =>
  page.evaluate((share) => {
    const { scrollHeight } = document.documentElement;
    scrollTo(0, share * scrollHeight - innerHeight);
  }, share);
const depth = (depth) => ({ name: '$scroll', props: { depth } });
check('scrolling past half', { html: LONG, act: scrollTo(0.6), expected: [depth(25), depth(50)] });
check('scrolling to the end, back and to the end again', {
  html: LONG,
  act: async (page) => {
    await scrollTo(1)(page);
    await site.until(() => site.named('$scroll').length === 4);
    await scrollTo(0.4)(page);
    await scrollTo(1)(page);
  },
  expected: [25, 50, 75, 100].map(depth),
});
check('another page is scrolled anew', {
  html: LONG,
  act: async (page) => {
    await scrollTo(0.3)(page);
    await site.event('$scroll');
    await page.evaluate(() => history.pushState({}, '', '/next'));
    await scrollTo(0.35)(page);
  },
  expected: [depth(25), depth(25)],
});

// Forms.
const FORM = `<form id="order" onsubmit="return false">
  <fieldset name="address"><input name="street"><input name="city" type="password"></fieldset>
  <div data-wm-step="payment"><input id="card"></div>
  <button id="link" type="submit">go</button></form>`;
const started = { name: '$form_start', props: { form: 'order' } };
const step = (step) => ({ name: '$form_step', props: { form: 'order', step } });
check('a form begun and submitted', {
  html: FORM,
  act: async (page) => {
    await page.fill('[name=street]', 'secret street');
    await page.fill('[name=city]', 'secret city');
    await page.fill('#card', 'secret card');
    await site.until(() => site.named('$form_step').length === 2);
    await click(page);
    await page.evaluate(() => history.pushState({}, '', '/thanks'));
    assert.ok(!site.requests.some(({ text }) => text.includes('secret')));
  },
  expected: [started, step('address'), step('payment'), { name: '$form_submit', props: { form: 'order' } }],
});
check('a form begun and left', {
  html: FORM,
  act: async (page) => {
    await page.fill('[name=street]', 'x');
    await site.event('$form_step');
    await page.evaluate(() => history.pushState({}, '', '/elsewhere'));
  },
  expected: [
    started,
    step('address'),
    { name: '$form_abandon', props: { form: 'order', step: 'address', field: 'street' } },
  ],
});
check('a field outside of forms is none', {
  html: '<input id="search">',
  act: (page) => page.fill('#search', 'x'),
  expected: [],
});

// Video.
const VIDEO = '<video id="film" src="/silence.wav" muted></video>';
const part = (percent) => ({ name: '$video', props: { video: 'film', percent } });
check('a video to its end', {
  html: VIDEO,
  act: (page) => page.evaluate(() => document.querySelector('video').play()),
  expected: [25, 50, 75, 100].map(part),
});
check('what was skipped was not watched', {
  html: VIDEO,
  act: (page) =>
    page.evaluate(async () => {
      const video = document.querySelector('video');
      const once = (type) => new Promise((heard) => video.addEventListener(type, heard, { once: true }));
      if (video.readyState < 1) await once('loadedmetadata');
      video.currentTime = 0.6;
      await once('seeked');
      video.play();
      await once('ended');
    }),
  expected: [part(25)],
});

// Codes.
const copy = (selector) => (page) =>
  page.evaluate((selector) => {
    getSelection().selectAllChildren(document.querySelector(selector));
    document.execCommand('copy');
  }, selector);
check('a code copied', {
  html: '<p>Use <code>WELCOME10</code></p>',
  act: copy('code'),
  expected: [{ name: '$copy', props: { code: 'WELCOME10' } }],
});
check('a code that has a name', {
  html: '<p data-wm-code="welcome">Use <b>W10</b></p>',
  act: copy('b'),
  expected: [{ name: '$copy', props: { code: 'welcome' } }],
});
check('other text is nobody’s business', { html: '<p>text</p>', act: copy('p'), expected: [] });

// Declared events.
check('an element that says what a click means', {
  html: `<button id="link" data-wm-event="plan" data-wm-prop-plan="pro" data-wm-prop-item-id="7"
    data-wm-value="19.90 EUR" data-wm-key="order-1"><i>choose</i></button>`,
  act: (page) => page.click('i'),
  expected: [{ name: 'plan', props: { plan: 'pro', 'item-id': '7' }, value: '19.90 EUR', key: 'order-1' }],
});
check('a form speaks when it is submitted', {
  html: `<form name="news" data-wm-event="newsletter_signup" onsubmit="return false">
    <input name="email"><button id="link">go</button></form>`,
  attributes: 'data-auto="-form"',
  act: async (page) => {
    await page.fill('input', 'x');
    await click(page);
  },
  expected: [{ name: 'newsletter_signup', props: {} }],
});
check('an element within another; each has its say', {
  html: `<div data-wm-event="card"><button id="link" data-wm-event="buy">buy</button>
    <span data-wm-event="never" data-wm-on="seen" hidden>x</span></div>`,
  act: click,
  expected: [
    { name: 'buy', props: {} },
    { name: 'card', props: {} },
  ],
});
check('an element that wants to be seen, not clicked', {
  html: `${LONG}<p id="link" data-wm-event="offer" data-wm-on="seen" data-wm-prop-n="1">offer</p>`,
  attributes: 'data-auto="-scroll"',
  act: async (page) => {
    await second(page);
    await page.evaluate(() => document.querySelector('#link').click());
    await page.evaluate(() => window.waymark('before'));
    await site.event('before');
    await scrollTo(1)(page);
    await site.event('offer');
    await scrollTo(0.3)(page);
    await scrollTo(1)(page);
  },
  expected: [
    { name: 'before', props: {} },
    { name: 'offer', props: { n: '1' } },
  ],
});
check('an element that comes later', {
  html: '<p data-wm-event="first" data-wm-on="seen">here</p>',
  act: async (page) => {
    await site.event('first');
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<p data-wm-event="second" data-wm-on="seen">x</p>');
    });
  },
  expected: [
    { name: 'first', props: {} },
    { name: 'second', props: {} },
  ],
});
check('an element larger than the window', {
  html: '<div style="height:3000px" data-wm-event="wall" data-wm-on="seen">x</div>',
  act: () => {},
  expected: [{ name: 'wall', props: {} }],
});

// Switches.
const everything = async (page) => {
  await page.click('#file');
  await page.click('#out');
  await page.fill('[name=a]', 'x');
  await scrollTo(1)(page);
  await copy('code')(page);
};
const EVERYTHING = `<a id="file" href="/a.pdf">file</a><a id="out" href="http://other.test/">out</a>
  <form name="f"><input name="a"></form><code>C</code>${LONG}`;
const FILE = { name: '$download', props: url('http://shop.test/a.pdf') };
check('only what is listed', {
  html: EVERYTHING,
  attributes: 'data-auto="download pageview"',
  act: everything,
  expected: [FILE],
});
check('all but what is listed', {
  html: EVERYTHING,
  attributes: 'data-auto="-scroll -form -copy -outbound"',
  act: everything,
  expected: [FILE],
});

test('nothing by itself', async () => {
  const page = await it.open(EVERYTHING, 'data-auto="none"');
  await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
  await everything(page);
  await page.evaluate(() => window.waymark('said'));
  await site.event('said');
  assert.deepEqual(
    site.events.map(({ name }) => name),
    ['said'],
  );
});

test('a form left with the page is abandoned, one sent with it is not', async () => {
  for (const [path, act] of [
    ['/left', (page) => page.goto('http://shop.test/left')],
    ['/sent', (page) => page.click('button')],
  ]) {
    site.pages.set(path, 'there');
    const page = await it.open('<form name="f" action="/sent"><input name="a"><button>go</button></form>');
    await page.fill('input', 'x');
    await site.until(() => site.named('$form_start').length === 1);
    await act(page);
    await site.until(() => site.named('$form_abandon').length + site.named('$form_submit').length === 1);
    assert.equal(site.named('$form_abandon').length, path === '/left' ? 1 : 0);
    site.clear();
  }
});
