// Every page in every state: while its answer is on its way, when the server cannot answer, and with nothing to show;
// and for every role, who is offered what changes things.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard({
  events: 10_000,
  prepare: async (shop) => {
    await shop.api('POST', '/sites', { name: 'new', timezone: 'UTC' });
    const { link } = await shop.api('POST', '/sites/shop/shares', { name: 'board' });
    shared = new URL(link);
  },
});
/** What opens the shared view. */
let shared;

const ALL = 'range=all';
const heading = (name) => (page) => page.getByRole('heading', { name });
const text = (what) => (page) => page.getByText(what);
const button = (name) => (page) => page.getByRole('button', { name, exact: true });
const link = (name) => (page) => page.getByRole('link', { name, exact: true });
const settings = (part) => `/sites/shop/settings?part=${part}`;

/** What no page may do, in any state. */
const isSound = async (page) => {
  assert.deepEqual(await it.faults(page), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px wider than the window`);
};

/** Pages by name: the address, what it asks, what it says while it waits, and what is there in the end. */
const WAITING = {
  overview: [
    `/sites/shop/overview?${ALL}`,
    /\/query$/,
    'Loading the headline',
    heading(/^purchase headline/),
  ],
  funnels: [`/sites/shop/funnels?${ALL}`, /\/definitions$/, 'Loading the funnels', link('checkout')],
  funnel: [
    `/sites/shop/funnels?${ALL}&funnel=checkout`,
    /\/query$/,
    'Loading the funnel',
    (page) => page.locator('.steps .n'),
  ],
  goals: [`/sites/shop/goals?${ALL}`, /\/definitions$/, 'Loading the goals', heading(/^purchase headline/)],
  journeys: [
    `/sites/shop/journeys?${ALL}`,
    /\/query$/,
    'Loading paths',
    (page) => page.locator('[data-node]'),
  ],
  live: ['/sites/shop/live', /\/live\/now$/, 'Loading live data', heading('Latest events')],
  'settings-site': [settings('site'), /\/sites\/shop$/, 'Loading the settings', heading('Site')],
  'settings-members': [settings('members'), /\/members$/, 'Loading members', text('owner@shop.example')],
  'settings-shares': [settings('shares'), /\/shares$/, 'Loading shared links', text('board')],
  'settings-keys': [settings('keys'), /\/keys$/, 'Loading API keys', text(/^No API keys yet/)],
  'settings-changes': [settings('changes'), /\/audit\?/, 'Loading changes', text('owner@shop.example')],
  account: ['/account', /\/account\/sessions$/, 'Loading your sessions', text('now, in this browser')],
  'new-site': [
    '/new-site?site=shop&step=snippet',
    /\/sites\/shop$/,
    'Loading the tracking code',
    text('data-site'),
  ],
};

for (const [name, [path, asks, waiting, ready]] of Object.entries(WAITING))
  test(`${name}: waiting, an error, and another try`, async () => {
    it.expected.push(/503/);
    const error = { code: 'busy', message: 'Waymark is busy.', hint: 'Wait a little.' };
    const context = await it.person();
    let answer;
    const told = new Promise((resolve) => (answer = resolve));
    await context.route(asks, async (route) => {
      await told;
      await route.fulfill({ status: 503, json: { error } });
    });
    const page = await it.open(path, { context, until: 'load' });
    await page.getByRole('status').getByText(`${waiting}…`).first().waitFor();
    await isSound(page);
    await it.picture(page, `${name}-loading`);
    answer();
    await page.getByRole('alert').getByText('Waymark is busy.').first().waitFor();
    await isSound(page);
    await it.picture(page, `${name}-error`);
    await context.unroute(asks);
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await ready(page).first().waitFor();
  });

/** A site that has nothing yet says so, and what to do. */
const EMPTY = {
  overview: ['/sites/new/overview', 'No events yet.'],
  funnels: ['/sites/new/funnels', 'No funnels yet.'],
  goals: ['/sites/new/goals', /^No goal/],
  journeys: ['/sites/new/journeys', 'You have no goals yet.'],
  live: ['/sites/new/live', 'No event has arrived yet.'],
  snippet: ['/sites/new/settings?part=install', 'Waiting for your first visitor…'],
  shares: ['/sites/new/settings?part=shares', 'No shared links yet.'],
  keys: ['/sites/new/settings?part=keys', /^No API keys yet/],
};
for (const [name, [path, says]] of Object.entries(EMPTY))
  it.looks(`empty-${name}`, path, (page) => page.getByText(says), { until: 'load' });

/**
 * For each page: what is there, and what changes things with the least role that is offered it. A page that somebody
 * may not see says so instead (`others`).
 */
const FOR_ALL = {
  overview: {
    path: `/sites/shop/overview?${ALL}`,
    ready: heading(/^purchase headline/),
    change: button('+ Note'),
  },
  funnels: { path: `/sites/shop/funnels?${ALL}`, ready: link('checkout'), change: button('New funnel') },
  funnel: {
    path: `/sites/shop/funnels?${ALL}&funnel=checkout`,
    ready: (page) => page.locator('.steps .n'),
    change: button('Edit'),
  },
  goals: { path: `/sites/shop/goals?${ALL}`, ready: heading(/^purchase headline/), change: link('New goal') },
  goal: {
    path: '/sites/shop/goals?goal=newsletter',
    ready: heading('newsletter'),
    change: button('Save goal'),
  },
  journeys: { path: `/sites/shop/journeys?${ALL}`, ready: (page) => page.locator('[data-node]') },
  live: { path: '/sites/shop/live', ready: heading('Visitors by minute'), change: button('Pause') },
  account: {
    path: '/account',
    ready: heading('Sessions'),
    others: ['guest', 'You are viewing a shared link.'],
  },
};
const RANK = ['guest', 'viewer', 'editor', 'owner'];

for (const role of RANK)
  test(`every page for ${role === 'guest' ? 'a guest with a shared link' : `the role ${role}`}`, async () => {
    const context = await it.person({ as: role === 'guest' ? null : role });
    const first = role === 'guest' ? shared.pathname + shared.hash : '/account';
    const page = await it.open(first, { context });
    if (role === 'guest') await page.waitForURL(/\/overview/);
    for (const [name, { path, ready, change, others: [excluded, says] = [] }] of Object.entries(FOR_ALL)) {
      if (excluded === role) it.expected.push(/403/);
      await page.goto(path);
      await (excluded === role ? page.getByText(says) : ready(page)).first().waitFor();
      if (change) {
        const offered = RANK.indexOf(role) >= RANK.indexOf('editor');
        assert.equal((await change(page).count()) > 0, offered, `${name}: what changes things`);
      }
      await isSound(page);
      await it.picture(page, `${role}-${name}`);
    }
  });

/** Forms before the dashboard: what the server refuses is said beside them. */
const REFUSED = {
  signin: ['/signin', { 'E-mail': 'ann@shop.example', Password: 'a long sentence' }, 'Sign in'],
  recover: ['/recover#token', { 'New password': 'a long sentence for tests' }, 'Set password'],
  welcome: ['/welcome#token', { Password: 'a long sentence for tests' }, 'Set password'],
};
for (const [name, [path, fields, press]] of Object.entries(REFUSED))
  test(`${name}: a server that cannot answer is said`, async () => {
    it.expected.push(/503/);
    const error = { code: 'busy', message: 'Waymark is busy.', hint: 'Wait a little.' };
    const page = await it.open(path, { as: null });
    await page.route(/\/api\//, (route) => route.fulfill({ status: 503, json: { error } }));
    for (const [label, value] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole('button', { name: press }).click();
    await page.getByRole('alert').getByText('Waymark is busy.').first().waitFor();
    await isSound(page);
    await it.picture(page, `${name}-error`);
  });
