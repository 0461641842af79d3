// Segment's and RudderStack's clients for servers, unmodified: one story, told by each.

import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { calls } from './support/calls.js';
import { compare, minutes } from './support/golden.js';
import { Waymark } from '../support/waymark.js';

/** Tells the story, and its first call once more, as a client does that was not sure. */
const check = async (client, send) => {
  const waymark = await Waymark.create('--host', 'shop.example');
  try {
    const { key } = JSON.parse(await waymark.command('key', 'add', 'shop', '--scope', 'collect', '--json'));
    await waymark.serve();
    await send({ host: waymark.address, key }, [...calls, calls[0]]);
    await compare(client, minutes(await waymark.stored()));
  } finally {
    await waymark.remove();
  }
};

const dated = (call) => ({ ...call, timestamp: new Date(call.timestamp) });

test('@segment/analytics-node', () =>
  check('segment-node', async ({ host, key }, calls) => {
    const analytics = new Analytics({ writeKey: key, host, maxRetries: 0 });
    const failures = [];
    analytics.on('error', (error) => failures.push(error));
    for (const { type, ...call } of calls) analytics[type](dated(call));
    await analytics.closeAndFlush();
    if (failures.length) throw new Error(`not delivered: ${JSON.stringify(failures)}`);
  }));

test('@rudderstack/rudder-sdk-node', () =>
  check('rudder-node', async ({ host, key }, calls) => {
    const client = new RudderAnalytics(key, { dataPlaneUrl: host, retryCount: 0, logLevel: 'none' });
    const send = ({ type, ...call }) =>
      new Promise((done, fail) => client[type](dated(call), (error) => (error ? fail(error) : done())));
    // It sends its first call at once, and does not wait for the answer before it sends more.
    await send(calls[0]);
    const sent = calls.slice(1).map(send);
    await client.flush();
    await Promise.all(sent);
  }));

const python = promisify(execFile);
const script = fileURLToPath(new URL('support/send.py', import.meta.url));

for (const [client, library] of [
  ['segment-python', 'segment'],
  ['rudder-python', 'rudderstack'],
])
  test(`${library}.analytics for Python`, () =>
    check(client, async ({ host, key }, calls) => {
      if (!process.env.WAYMARK_PYTHON)
        throw new Error('WAYMARK_PYTHON is not set: `cargo xtask clients` sets it');
      const told = python(process.env.WAYMARK_PYTHON, [script, library, host, key]);
      told.child.stdin.end(JSON.stringify(calls));
      await told;
    }));
