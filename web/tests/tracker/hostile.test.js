// Pages that change what browsers bring, and calls with what nobody can send: the order arrives, and the page hears of nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, second } from '../support/browser.js';

const it = fixture();
const { site } = it;

const BUTTON =
  '<button data-wm-event="buy" data-wm-key="order-2" data-wm-prop-plan="pro"><b>buy</b></button>';

/** An order by a call and one by a click, on a page whose scripts were changed like that, before us or after. */
const check = (name, change) => {
  for (const late of [false, true]) {
    test(`${name}, ${late ? 'after' : 'before'} us`, async () => {
      const page = await it.open(BUTTON, 'data-auto="pageview"', late ? {} : { init: change });
      await site.event('pageview');
      if (late) await page.evaluate(change);
      await page.evaluate(() => {
        window.waymark('purchase', {
          key: 'order-1',
          value: '19.90 EUR',
          items: ['a', 'b'],
          n: 3,
          gift: true,
        });
      });
      await page.click('b');
      const { key, value, props } = await site.event('purchase');
      assert.deepEqual([key, value], ['order-1', '19.90 EUR']);
      assert.deepEqual([props.n, props.gift], [3, true]);
      const buy = await site.event('buy');
      assert.deepEqual([buy.key, buy.props], ['order-2', { plan: 'pro' }]);
      assert.deepEqual(it.errors, []);
    });
  }
};

check('Prototype.js', () => {
  Array.prototype.toJSON = function () {
    return `[${this.map((item) => JSON.stringify(item)).join(', ')}]`;
  };
  String.prototype.toJSON = function () {
    return `"${this}"`;
  };
  Array.prototype.reduce = function () {
    return this.length > 1 ? this : this[0];
  };
  Array.from = (list) => {
    const made = new Array(list.length || 0);
    for (let at = 0; at < made.length; at++) made[at] = list[at];
    return made;
  };
});
check('objects that say that they are texts', () => {
  Object.prototype.toJSON = () => 'nothing';
});
check('objects with more in them', () => {
  Object.prototype.extend = function () {};
  Object.prototype.total = 7;
  Array.prototype.last = function () {};
});
check('no object that can be changed', () => {
  [Object, Array, String, Function].forEach(({ prototype }) => Object.freeze(prototype));
});
check('JSON that throws', () => {
  JSON.stringify = JSON.parse = () => {
    throw new Error('patched');
  };
});
check('JSON that says something else', () => {
  JSON.stringify = () => 'null';
});
check('elements that match nothing', () => {
  Element.prototype.matches = Element.prototype.closest = () => {
    throw new Error('patched');
  };
});
check('a console that throws', () => {
  console.warn = () => {
    throw new Error('patched');
  };
});
check('beacons that throw', () => {
  navigator.sendBeacon = () => {
    throw new Error('patched');
  };
});
check('fetch in a wrapper', () => {
  const { fetch } = window;
  window.fetch = (...args) => fetch(...args).then(({ status, ok }) => ({ status, ok }));
});

test('fetch that throws later does not matter', async () => {
  const page = await it.open();
  await site.event('pageview');
  await page.evaluate(() => {
    window.fetch = () => {
      throw new Error('patched');
    };
    window.waymark('purchase', { key: 'order-1' });
  });
  assert.equal((await site.event('purchase')).key, 'order-1');
});

test('a page whose fetch throws is left without hanging', async () => {
  const page = await it.open('', '', {
    init: () => {
      window.fetch = () => {
        throw new Error('patched');
      };
    },
  });
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  assert.equal(await page.evaluate(() => 1 + 1), 2);
});

/** The order is there, with these properties; the others are left out. */
const sent = (name, call, props = {}, own = {}) =>
  test(`a call with ${name}`, async () => {
    const page = await it.open('', 'data-auto="none"');
    await page.evaluate(call);
    await page.evaluate(() => window.waymark('sound', { key: 'order-2' }));
    const order = await site.event('purchase');
    assert.deepEqual(order.props, props);
    assert.deepEqual(
      [order.key, order.value, order.currency],
      [own.key ?? 'order-1', own.value, own.currency],
    );
    assert.equal((await site.event('sound')).key, 'order-2');
    assert.deepEqual(it.errors, []);
  });

sent(
  'a circle',
  () => {
    const circle = {};
    circle.circle = circle;
    window.waymark('purchase', { key: 'order-1', circle, n: 1 });
  },
  { n: 1 },
);
sent('a symbol', () => window.waymark('purchase', { key: 'order-1', s: Symbol('s'), [Symbol('k')]: 1 }));
sent('a function', () =>
  window.waymark('purchase', { key: 'order-1', f: () => {}, u: undefined, nothing: null }),
);
sent('numbers that are none', () => window.waymark('purchase', { key: 'order-1', a: NaN, b: 1 / 0, c: 0 }), {
  c: 0,
});
sent(
  'a value that is no number',
  () => window.waymark('purchase', { key: 'order-1', value: NaN, currency: 'EUR' }),
  {},
  { currency: 'EUR' },
);
sent(
  'large integers',
  () => window.waymark('purchase', { key: 10n, value: 5n, currency: 'EUR', n: 7n }),
  { n: 7 },
  { key: 10, value: 5, currency: 'EUR' },
);
sent(
  'lists, objects, dates and addresses',
  () => {
    window.waymark('purchase', {
      key: 'order-1',
      items: ['a', { b: 1 }],
      at: new Date(0),
      link: new URL('http://shop.test/a'),
      empty: {},
    });
  },
  { items: '["a",{"b":1}]', at: '1970-01-01T00:00:00.000Z', link: 'http://shop.test/a', empty: '{}' },
);
sent(
  'a getter that throws',
  () => {
    window.waymark('purchase', {
      key: 'order-1',
      get broken() {
        throw new Error('broken');
      },
      n: 1,
    });
  },
  { n: 1 },
);
sent('a proxy', () => window.waymark('purchase', new Proxy({ key: 'order-1', n: 1 }, {})), { n: 1 });
sent('a frozen object', () => window.waymark('purchase', Object.freeze({ key: 'order-1', n: 1 })), { n: 1 });
sent(
  'an object without a prototype',
  () => window.waymark('purchase', Object.assign(Object.create(null), { key: 'order-1', n: 1 })),
  { n: 1 },
);
sent('half a character', () => window.waymark('purchase', { key: 'order-1', title: 'Sale 🎉'.slice(0, 6) }), {
  title: 'Sale \ufffd',
});
sent(
  'characters that JSON escapes',
  () => window.waymark('purchase', { key: 'order-1', 'a"\\': '"\\/\n\t\u0001\u2028é🎉' }),
  { 'a"\\': '"\\/\n\t\u0001\u2028é🎉' },
);
sent(
  'what is changed afterwards',
  () => {
    const details = { key: 'order-1', list: [1] };
    window.waymark('purchase', details);
    details.list.push(details);
    details.key = 'other';
  },
  { list: '[1]' },
);
sent(
  'something deep',
  () => {
    let deep = 1;
    for (let n = 0; n < 20; n++) deep = { deep };
    window.waymark('purchase', { key: 'order-1', deep });
  },
  { deep: `${'{"deep":'.repeat(20)}1${'}'.repeat(20)}` },
);

test('a call with a proxy that throws, or with nothing', async () => {
  const page = await it.open('', 'data-auto="none"');
  await page.evaluate(() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    window.waymark('revoked', proxy);
    window.waymark('nothing', null);
    window.waymark('no-such-setting', 'value');
    window.waymark('sound');
  });
  await site.event('sound');
  assert.deepEqual(
    site.events.map(({ name, props }) => [name, props]),
    ['revoked', 'nothing', 'sound'].map((name) => [name, {}]),
  );
  assert.deepEqual(it.errors, []);
});

test('a code is cut between characters', async () => {
  const page = await it.open(`<code>${'🎉'.repeat(70)}</code>`);
  await second(page);
  await page.evaluate(() => {
    getSelection().selectAllChildren(document.querySelector('code'));
    document.execCommand('copy');
  });
  assert.equal((await site.event('$copy')).props.code, '🎉'.repeat(64));
});
