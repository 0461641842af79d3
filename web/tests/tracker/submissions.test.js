// Forms that are sent, in whichever way, and forms that only seem to be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, second } from '../support/browser.js';

const it = fixture();
const { site } = it;

/** A form with a declared event, whose answer comes into a frame, so that the page stays. */
const form = (attributes = '', inside = '<input name="mail"><button>send</button>') =>
  `<form id="f" action="/done" target="frame" data-wm-event="lead" ${attributes}>${inside}</form><iframe name="frame"></iframe>`;
const on = (body) => `<script>f.addEventListener('submit', (event) => { ${body} })</script>`;

/** How often it counts as sent: both by its declared event and by itself, or neither. */
const check = (name, { html, act, sent }) =>
  test(name, async () => {
    site.pages.set('/done', 'done');
    site.pages.set('/api', '{}');
    const page = await it.open(html, 'data-auto="-engagement"');
    await second(page);
    await act(page);
    const count = (name) => site.named(name).length;
    await site.until(() => count('lead') >= sent && count('$form_submit') >= sent, `${sent} submissions`);
    // The page is left: nothing can follow.
    await page.evaluate(() => {
      history.pushState({}, '', '/left');
      window.waymark('done');
    });
    await site.event('done');
    assert.deepEqual([count('lead'), count('$form_submit')], [sent, sent]);
    if (sent) assert.equal(count('$form_abandon'), 0);
    assert.deepEqual(it.errors, []);
  });

const click = (page) => page.click('#f button');
const fill = (text) => async (page) => {
  await page.fill('#f [name=mail]', text);
  await click(page);
};
const both = (first, second) => async (page) => {
  await first(page);
  await second(page);
};

// Sent by the browser.
check('by its button', { html: form(), act: fill('x'), sent: 1 });
check('by a button outside', {
  html: form('', '<input name="mail">') + '<button id="b" form="f">send</button>',
  act: (page) => page.click('#b'),
  sent: 1,
});
check('by the Enter key', { html: form(), act: (page) => page.press('#f input', 'Enter'), sent: 1 });
for (const call of ['submit()', 'requestSubmit()']) {
  check(`by a script: ${call}`, {
    html: form('', `<input name="mail"><button type="button" onclick="f.${call}">send</button>`),
    act: fill('x'),
    sent: 1,
  });
  check(`by a script that stopped it before: ${call}`, {
    html:
      form() +
      `<script>let once;
      f.addEventListener('submit', (event) => {
        if (once) return;
        once = true;
        event.preventDefault();
        setTimeout(() => f.${call}, 100);
      })</script>`,
    act: fill('x'),
    sent: 1,
  });
}
check('by a script in its own handler', {
  html: form() + on('event.preventDefault(); f.submit();'),
  act: fill('x'),
  sent: 1,
});
check('by a script in its own handler that stops nothing', {
  html: form() + on('f.submit();'),
  act: fill('x'),
  sent: 1,
});
check('where a field is called like what submits', {
  html:
    form('', '<input name="mail"><input type="hidden" name="submit"><input type="hidden" name="dataset">') +
    '<button onclick="HTMLFormElement.prototype.submit.call(f)">send</button>',
  act: async (page) => {
    await page.evaluate(() => document.querySelector('[name=dataset]').remove());
    await page.click('body > button');
  },
  sent: 1,
});
check('twice', {
  html: form(),
  act: both(fill('x'), async (page) => {
    await site.until(() => site.named('lead').length === 1);
    await fill('y')(page);
  }),
  sent: 2,
});

// Stopped by the browser.
check('a field that must be filled in is empty', {
  html: form('', '<input name="mail" required><button>send</button>'),
  act: click,
  sent: 0,
});
check('and is filled in then', {
  html: form('', '<input name="mail" type="email" required><button>send</button>'),
  act: both(fill('x'), fill('x@shop.test')),
  sent: 1,
});
check('unless its button does not mind', {
  html: form('', '<input name="mail" required><button formnovalidate>save</button>'),
  act: click,
  sent: 1,
});
check('or the form does not', {
  html: form('novalidate', '<input name="mail" required><button>send</button>'),
  act: click,
  sent: 1,
});

// Stopped by the page, which sends it by itself.
const SEND = "event.preventDefault(); fetch('/api', { method: 'POST', body: new FormData(f) })";
check('sent by the page', { html: form() + on(`${SEND};`), act: fill('x'), sent: 1 });
check('sent, and emptied', { html: form() + on(`${SEND}; f.reset();`), act: fill('x'), sent: 1 });
check('sent, and emptied when the answer is there', {
  html: form('', '<input name="mail" required><button>send</button>') + on(`${SEND}.then(() => f.reset());`),
  act: fill('x'),
  sent: 1,
});
check('sent, and removed', { html: form() + on(`${SEND}.then(() => f.remove());`), act: fill('x'), sent: 1 });
check('sent, and hidden', { html: form() + on(`f.hidden = true; ${SEND};`), act: fill('x'), sent: 1 });
check('sent, and then the next page', {
  html: form() + on(`${SEND}.then(() => history.pushState({}, '', '/thanks'));`),
  act: fill('x'),
  sent: 1,
});
check('sent at once, and then the next page', {
  html: form() + on("event.preventDefault(); history.pushState({}, '', '/thanks');"),
  act: fill('x'),
  sent: 1,
});
check('sent, and emptied for the next, which is sent too', {
  html: form() + on(`${SEND}; f.mail.value = ''; f.mail.focus();`),
  act: both(fill('x'), fill('y')),
  sent: 2,
});
check('a form with nothing to fill in', {
  html: form('', '<input type="hidden" name="item" value="7"><button>add</button>') + on(`${SEND};`),
  act: click,
  sent: 1,
});
check('a trap for robots is no field', {
  html:
    form('', '<input type="hidden" name="item"><input name="url" style="display:none"><button>add</button>') +
    on(`${SEND};`),
  act: click,
  sent: 1,
});
check('by the handler in its tag', { html: form('onsubmit="return false"'), act: fill('x'), sent: 1 });

// Stopped by the page, which found something wrong.
const UNLESS = (wrong, then = '') => on(`if (${wrong}) { event.preventDefault(); ${then} }`);
check('nothing was entered', { html: form('novalidate') + UNLESS('!f.mail.value'), act: click, sent: 0 });
check('nothing was entered, and then something', {
  html: form('novalidate') + UNLESS('!f.mail.value'),
  act: both(click, fill('x')),
  sent: 1,
});
check('what was entered was put right', {
  html: form() + UNLESS("!f.mail.value.includes('@')"),
  act: both(fill('x'), fill('x@shop.test')),
  sent: 1,
});
check('the same twice, and then right', {
  html: form() + UNLESS("!f.mail.value.includes('@')"),
  act: both(both(fill('x'), click), fill('x@shop.test')),
  sent: 1,
});
for (const [how, then] of [
  ['says so to assistive technology', "f.mail.setAttribute('aria-invalid', 'true')"],
  ['marks the field', "f.mail.className = 'is-invalid'"],
  ['writes what is wrong', "f.insertAdjacentHTML('beforeend', '<p class=\"field-error\">No.</p>')"],
  ['tells the browser', "f.mail.setCustomValidity('No.')"],
  ['leads back to the field', 'f.mail.focus()'],
]) {
  check(`the page ${how}`, {
    html: form() + UNLESS("!f.mail.value.includes('@')", then),
    act: async (page) => {
      await fill('x')(page);
      await page.waitForTimeout(400);
    },
    sent: 0,
  });
}
check('a message that is always there is none', {
  html:
    form('', '<p class="error-note">All fields are needed.</p><input name="mail"><button>send</button>') +
    on(`${SEND};`),
  act: fill('x'),
  sent: 1,
});
check('a form that checks itself', {
  html:
    form('novalidate', '<input name="mail" required><button>send</button>') + UNLESS('!f.checkValidity()'),
  act: click,
  sent: 0,
});

// Dialogs.
const dialog = (inside, method = 'dialog') => `<dialog open>${form(`method="${method}"`, inside)}</dialog>`;
check('a dialog that is filled in', {
  html: dialog('<input name="mail"><button>send</button>'),
  act: fill('x'),
  sent: 1,
});
for (const button of [
  '<button value="cancel">cancel</button>',
  '<button formnovalidate>cancel</button>',
  '<button formmethod="dialog">cancel</button>',
]) {
  check(`a dialog that is closed: ${button}`, {
    html: dialog(`<input name="mail">${button}`, button.includes('formmethod') ? 'get' : 'dialog'),
    act: click,
    sent: 0,
  });
}

test('a form that was stopped and left is abandoned', async () => {
  const page = await it.open(
    form() + UNLESS("!f.mail.value.includes('@')", "f.mail.className = 'is-invalid'"),
  );
  await fill('x')(page);
  await page.waitForTimeout(400);
  await page.evaluate(() => history.pushState({}, '', '/left'));
  const { props, url } = await site.event('$form_abandon');
  assert.deepEqual([props, url], [{ form: 'f', field: 'mail' }, 'http://shop.test/']);
  assert.equal(site.named('$form_submit').length, 0);
});

test('a submission happened when it was made', async () => {
  const page = await it.open(form() + on('event.preventDefault();'));
  await fill('x')(page);
  await page.evaluate(() => window.waymark('later'));
  const { time } = await site.event('$form_submit');
  assert.ok(time <= (await site.event('later')).time, 'it comes after what followed it');
});

test('without the second file a submission of the browser is not lost with the page', async () => {
  // The file comes with the first sign of a person; a form that is filled in finds it there.
  site.pages.set('/done', 'done');
  const page = await it.open(
    '<form id="f" action="/done" data-wm-event="lead"><input name="mail"><button>send</button></form>',
  );
  await page.fill('input', 'x');
  await page.press('input', 'Enter');
  await page.waitForURL('**/done?mail=x');
  assert.equal((await site.event('lead')).url, 'http://shop.test/');
  assert.equal(site.named('$form_abandon').length, 0);
});
