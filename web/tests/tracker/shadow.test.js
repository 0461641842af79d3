// Open shadow roots: links, forms and declared events in them. What is in closed ones nobody sees.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, second } from '../support/browser.js';

const it = fixture();
const { site } = it;

/** An element of this name whose shadow root holds this. */
const element = (name, html, mode = 'open') =>
  `customElements.define('${name}', class extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: '${mode}' }).innerHTML = ${JSON.stringify(html)};
    }
  });`;

/** Links lead somewhere, but the page stays. */
const stay =
  "addEventListener('click', (event) => { if (event.composedPath().some(({ href }) => href)) event.preventDefault(); });";

/** Opens a page with this body and these elements, acts, and expects these events besides page views. */
const check = (name, { html, elements, act, expected }) =>
  test(name, async () => {
    const page = await it.open(`${html}<script>${elements};${stay}</script>`, 'data-auto="-engagement"');
    await second(page);
    await act(page);
    const found = () => site.events.filter(({ name }) => !['pageview', 'done'].includes(name));
    await site.until(() => found().length >= expected.length, `${expected.length} events`);
    await page.evaluate(() => window.waymark('done'));
    await site.event('done');
    assert.deepEqual(
      found().map(({ name, props }) => [name, props]),
      expected,
    );
    assert.deepEqual(it.errors, []);
  });

const LINK = '<a id="o" href="http://partner.test/x?secret=1"><b>partner</b></a>';
const BUTTON = '<button id="b" data-wm-event="choose_plan" data-wm-prop-plan="pro">choose</button>';
const FORM = `<form id="f" data-wm-event="newsletter" onsubmit="return false">
  <input name="mail"><button id="go">go</button></form>`;
const OUTBOUND = ['$outbound', { url: 'http://partner.test/x' }];
const CHOSEN = ['choose_plan', { plan: 'pro' }];
const SENT = [
  ['newsletter', {}],
  ['$form_submit', { form: 'f' }],
];

check('a link', {
  html: '<my-nav></my-nav>',
  elements: element('my-nav', LINK),
  act: (page) => page.click('b'),
  expected: [OUTBOUND],
});
check('a declared event', {
  html: '<my-nav></my-nav>',
  elements: element('my-nav', BUTTON),
  act: (page) => page.click('#b'),
  expected: [CHOSEN],
});
check('a form, by its button', {
  html: '<my-nav></my-nav>',
  elements: element('my-nav', FORM),
  act: async (page) => {
    await page.fill('[name=mail]', 'x');
    await page.click('#go');
  },
  expected: [['$form_start', { form: 'f' }], ...SENT],
});
check('a form that nothing was entered in, as its tag stops it whatever is in it', {
  html: '<my-nav></my-nav>',
  elements: element('my-nav', FORM),
  act: (page) => page.click('#go'),
  expected: SENT,
});
check('a form, by the keyboard', {
  html: '<my-nav></my-nav>',
  elements: element('my-nav', FORM.replace(/<button.*button>/, '')),
  act: async (page) => {
    await page.fill('[name=mail]', 'x');
    await page.press('[name=mail]', 'Enter');
  },
  expected: [['$form_start', { form: 'f' }], ...SENT],
});
check('a form that a script submits', {
  html: '<my-nav></my-nav><iframe name="away"></iframe>',
  elements: element('my-nav', FORM.replace('onsubmit="return false"', 'target="away" action="/done"')),
  act: (page) =>
    page.evaluate(() => document.querySelector('my-nav').shadowRoot.querySelector('form').submit()),
  expected: SENT,
});
check('in one another', {
  html: '<my-page></my-page>',
  elements: `${element('my-nav', LINK + BUTTON + FORM)}${element('my-page', '<main><my-nav></my-nav></main>')}`,
  act: async (page) => {
    await page.click('#o');
    await page.click('#b');
    await page.fill('[name=mail]', 'x');
    await page.click('#go');
  },
  expected: [OUTBOUND, CHOSEN, ['$form_start', { form: 'f' }], ...SENT],
});
check('around what is slotted', {
  html: '<my-button><span id="label">choose</span></my-button><my-link><i id="text">partner</i></my-link>',
  elements: `${element('my-button', '<button data-wm-event="choose_plan" data-wm-prop-plan="pro"><slot></slot></button>')}
    ${element('my-link', '<a href="http://partner.test/x"><slot></slot></a>')}`,
  act: async (page) => {
    await page.click('#label');
    await page.click('#text');
  },
  expected: [CHOSEN, OUTBOUND],
});
check('within what is declared outside', {
  html: '<section data-wm-event="card"><my-nav></my-nav></section>',
  elements: element('my-nav', BUTTON),
  act: (page) => page.click('#b'),
  expected: [CHOSEN, ['card', {}]],
});
check('what waits there to be seen', {
  html: '<my-page></my-page>',
  elements: `${element('my-offer', '<p data-wm-event="offer" data-wm-on="seen">offer</p>')}${element('my-page', '<my-offer></my-offer>')}`,
  act: () => {},
  expected: [['offer', {}]],
});
check('an element that comes later', {
  html: '',
  elements: element('my-nav', `${FORM}<p data-wm-event="offer" data-wm-on="seen">offer</p>`),
  act: async (page) => {
    await page.evaluate(() => document.body.append(document.createElement('my-nav')));
    await site.event('offer');
    await page.evaluate(() => {
      const form = document.querySelector('my-nav').shadowRoot.querySelector('form');
      form.querySelector('input').value = 'x';
      form.requestSubmit();
    });
  },
  expected: [['offer', {}], ...SENT],
});
check('closed ones are closed', {
  html: '<my-nav></my-nav>',
  elements: element(
    'my-nav',
    '<button style="width:100%;height:50px" data-wm-event="never">x</button>',
    'closed',
  ),
  act: (page) => page.mouse.click(50, 30),
  expected: [],
});
