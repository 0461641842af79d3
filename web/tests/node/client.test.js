// The client for servers, against a collector that fails in every way.

import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, after, test } from 'node:test';
import { Closed, QueueFull, Refused, TooLarge, Undelivered, Waymark } from '../../node/dist/index.js';
import { Site } from '../support/site.js';

const site = new Site();
let clients = [];
let refusals = [];

before(() => site.start());
after(() => site.stop());
beforeEach(() => {
  site.clear();
  refusals = [];
});
afterEach(async () => {
  site.answer = () => 200;
  await Promise.allSettled(clients.splice(0).map((client) => client.close(1_000)));
});

const open = (options) => {
  const onRefused = (refused) => refusals.push(refused);
  const host = `http://127.0.0.1:${site.port}`;
  const client = new Waymark({ host, site: 'shop', delayMs: 5, retryMs: 20, onRefused, ...options });
  clients.push(client);
  return client;
};

const ids = ({ envelope }) => envelope.events.map(({ id }) => id);
const names = () => site.requests.map(({ envelope }) => envelope.events.map(({ name }) => name).join(' '));

test('an event as it is on the wire', async () => {
  const client = open({ key: 'wms_secret' });
  client.track({
    name: 'purchase',
    time: new Date(1_732_100_000_123),
    visitor: 'v-1',
    user: 'customer-17',
    url: 'https://shop.example/thanks',
    key: 'order-1001',
    value: '19.90 EUR',
    props: { plan: 'pro', n: 3, gift: true },
    ip: '203.0.113.7',
    userAgent: 'Mozilla/5.0',
  });
  await client.flush();
  const [{ path, headers, envelope }] = site.requests;
  assert.equal(path, '/v1/events');
  assert.equal(headers.authorization, 'Bearer wms_secret');
  const [{ id, ...event }] = envelope.events;
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(event, {
    name: 'purchase',
    visitor: 'v-1',
    user: 'customer-17',
    url: 'https://shop.example/thanks',
    key: 'order-1001',
    value: '19.90 EUR',
    props: { plan: 'pro', n: 3, gift: true },
    ip: '203.0.113.7',
    time: 1_732_100_000_123,
    user_agent: 'Mozilla/5.0',
  });
  assert.deepEqual({ ...envelope, events: 0 }, { site: 'shop', events: 0 });
});

test('without a key the collector is told the time of sending', async () => {
  const client = open();
  client.track({ name: 'a' });
  await client.flush();
  const [{ at, envelope, headers }] = site.requests;
  assert.ok(Math.abs(envelope.sent_at - at) < 5_000);
  assert.equal(headers.authorization, undefined);
});

test('a host below a path', async () => {
  const client = open({ host: `http://127.0.0.1:${site.port}/stats` });
  client.track({ name: 'a' });
  await client.flush();
  assert.equal(site.requests[0].path, '/stats/v1/events');
});

test('events go together, in order, each once', async () => {
  const client = open({ batch: 10 });
  for (let n = 0; n < 25; n++) client.track({ name: `e${n}` });
  await client.flush();
  assert.deepEqual(
    site.events.map(({ name }) => name),
    Array.from({ length: 25 }, (_, n) => `e${n}`),
  );
  assert.deepEqual(
    site.requests.map(({ envelope }) => envelope.events.length),
    [10, 10, 5],
  );
  assert.equal(client.waiting, 0);
});

test('an event is what it was when it was tracked', async () => {
  const client = open();
  const event = { name: 'a', props: { n: 1 } };
  client.track(event);
  event.props.n = 2;
  await client.flush();
  assert.equal(site.events[0].props.n, 1);
});

/** The first answers are these; then all is well. Expects the same events again, and no other. */
const retried = (name, answers, atLeastMs = 20) =>
  test(name, async () => {
    site.answer = () => answers[site.requests.length - 1] ?? 200;
    const client = open({ timeoutMs: 300 });
    client.track({ name: 'a' });
    client.track({ name: 'b' });
    await client.flush();
    assert.equal(site.requests.length, answers.length + 1);
    site.requests.forEach((request, attempt) => {
      assert.deepEqual(ids(request), ids(site.requests[0]));
      if (!attempt) return;
      const pause = request.at - site.requests[attempt - 1].at;
      assert.ok(pause >= atLeastMs - 1, `came again after ${pause} ms`);
    });
    assert.deepEqual(refusals, []);
  });

retried('a collector out of order is tried again', [503, 500]);
retried('so is a lost connection', ['reset', 'reset']);
retried('and one that never answers', [new Promise(() => {})], 300);
retried('when the collector says', [{ status: 503, headers: { 'retry-after': '1' } }], 1_000);
retried('however busy it is', [429]);
retried('a request that did not come whole', [408]);
retried('an answer that is not the collector’s is none', [{ status: 200, body: { hello: 'proxy' } }]);

test('pauses grow', async () => {
  site.answer = () => (site.requests.length <= 4 ? 503 : 200);
  const client = open({ retryMs: 20 });
  client.track({ name: 'a' });
  await client.flush();
  const pauses = site.requests.slice(1).map(({ at }, n) => at - site.requests[n].at);
  pauses.forEach((pause, n) => assert.ok(pause >= 20 * 2 ** n - 1, `pause ${n} was ${pause} ms`));
});

test('what is tracked meanwhile does not hasten it', async () => {
  site.answer = () => (site.requests.length === 1 ? { status: 503, headers: { 'retry-after': '1' } } : 200);
  const client = open({ batch: 2 });
  client.track({ name: 'a' });
  await site.until(() => site.requests[0]?.answered);
  for (const name of ['b', 'c', 'd']) client.track({ name });
  await client.flush();
  assert.deepEqual(names(), ['a', 'a b', 'c d']);
  assert.ok(site.requests[1].at - site.requests[0].at >= 999);
});

test('an event that is refused is told, the others are stored', async () => {
  const refused = [{ index: 1, code: 'bad_value', message: 'no amount' }];
  site.answer = () => ({ status: 200, body: { stored: 2, duplicates: 0, refused } });
  const client = open();
  for (const name of ['a', 'b', 'c']) client.track({ name });
  await client.flush();
  const [refusal, ...others] = await settled();
  assert.deepEqual(others, []);
  assert.ok(refusal instanceof Refused);
  assert.equal(refusal.code, 'bad_value');
  assert.deepEqual(
    refusal.events.map(({ name }) => name),
    ['b'],
  );
  assert.equal(site.requests.length, 1);
});

const settled = () => new Promise((done) => setImmediate(done, refusals));

test('a request that is refused is told, and not sent again', async () => {
  const error = { code: 'unknown_site', message: 'there is no site', hint: 'add one' };
  site.answer = () => ({ status: 404, body: { error } });
  const client = open();
  client.track({ name: 'a' });
  client.track({ name: 'b' });
  await client.flush();
  const [refusal] = await settled();
  assert.equal(refusal.message, '2 events refused (unknown_site): there is no site; add one');
  assert.equal(site.requests.length, 1);
});

test('a redirection is not followed', async () => {
  site.answer = () => ({ status: 301, headers: { location: '/elsewhere' } });
  const client = open();
  client.track({ name: 'a' });
  await client.flush();
  assert.equal((await settled())[0].code, 'http_301');
  assert.deepEqual(site.asked, []);
});

test('one event that cannot be read does not take the others with it', async () => {
  const error = { code: 'too_deep', message: 'nested too deeply' };
  site.answer = ({ envelope }) =>
    envelope.events.some(({ name }) => name === 'bad') ? { status: 400, body: { error } } : 200;
  const client = open();
  for (const name of ['a', 'b', 'bad', 'c', 'd']) client.track({ name });
  await client.flush();
  assert.deepEqual(
    site.events.map(({ name }) => name),
    ['a', 'b', 'c', 'd'],
  );
  const [refusal, ...others] = await settled();
  assert.deepEqual(others, []);
  assert.deepEqual(
    refusal.events.map(({ name }) => name),
    ['bad'],
  );
});

test('a refusal that nobody hears of is a warning', async () => {
  site.answer = () => ({ status: 404, body: {} });
  const warned = new Promise((heard) => process.once('warning', heard));
  const client = open({ onRefused: undefined });
  client.track({ name: 'a' });
  await client.flush();
  assert.match((await warned).message, /1 event refused \(http_404\)/);
});

test('a full queue is an error on the spot, until there is room', async () => {
  site.answer = () => 503;
  const client = open({ capacity: 2 });
  client.track({ name: 'a' });
  client.track({ name: 'b' });
  assert.throws(() => client.track({ name: 'c' }), QueueFull);
  assert.equal(client.waiting, 2);
  site.answer = () => 200;
  await client.flush();
  client.track({ name: 'c' });
  await client.flush();
  assert.deepEqual(
    site.events.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
});

test('what cannot be sent is an error on the spot', async () => {
  const client = open();
  assert.throws(() => client.track({ name: 'a', props: { text: 'x'.repeat(1_000_001) } }), TooLarge);
  assert.throws(() => client.track({ name: 'a', props: { n: 1n } }), TypeError);
  assert.throws(() => client.track({ name: 'a', time: new Date(Number.NaN) }), TypeError);
  assert.equal(client.waiting, 0);
});

test('large events go in several requests', async () => {
  const client = open();
  for (let n = 0; n < 5; n++) client.track({ name: `e${n}`, props: { text: 'x'.repeat(400_000) } });
  await client.flush();
  assert.deepEqual(names(), ['e0 e1', 'e2 e3', 'e4']);
  for (const { text } of site.requests) assert.ok(Buffer.byteLength(text) <= 1 << 20);
});

test('closing delivers first', async () => {
  const client = open({ delayMs: 60_000 });
  client.track({ name: 'a' });
  await client.close();
  assert.deepEqual(names(), ['a']);
  assert.throws(() => client.track({ name: 'b' }), Closed);
});

test('closing says what it could not deliver', async () => {
  site.answer = () => 503;
  const client = open();
  client.track({ name: 'a' });
  client.track({ name: 'b' });
  await assert.rejects(client.close(200), (error) => {
    assert.ok(error instanceof Undelivered);
    assert.deepEqual(
      error.events.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.match(String(error.cause), /503/);
    return true;
  });
});

test('a flush that is late loses nothing', async () => {
  site.answer = () => 503;
  const client = open();
  client.track({ name: 'a' });
  await assert.rejects(client.flush(100), Undelivered);
  site.answer = () => 200;
  await client.flush();
  assert.deepEqual(
    site.events.map(({ name }) => name),
    ['a'],
  );
});
