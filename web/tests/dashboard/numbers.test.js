// One number, three surfaces: what the overview and a funnel show is what the API answers, and what the command line
// prints, on the demonstration's own shop and on a public shop's events.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Waymark } from '../support/waymark.js';
import { dashboard } from './support/dashboard.js';

const beside = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const file = join(process.env.WAYMARK_TEST_DATA || beside, 'retailrocket_sample_5000v.csv');
const MAP = 'visitor=visitorid,time=timestamp,name=event,key=transactionid,prop.item=itemid';
const DEFINITIONS = `[site.shop]
timezone = "UTC"
goal = [
  { name = "purchase", role = "macro", headline = true, event = "transaction", key = true },
  { name = "cart", role = "milestone", event = "addtocart" },
]
funnel = [{ name = "checkout", steps = ["view", "cart", "purchase"], window = "7d" }]
`;

/** The public shop's events, with a headline, a milestone and a funnel. */
const retailRocket = async () => {
  const made = await Waymark.create();
  await made.command('import', '--site', 'shop', '--format', 'csv', '--map', MAP, file);
  const definitions = join(made.folder, '..', `waymark-${process.pid}.toml`);
  await writeFile(definitions, DEFINITIONS);
  await made.command('goals', 'apply', definitions);
  await rm(definitions);
  return made;
};

const SHOPS = [
  {
    name: 'the demonstration',
    options: { events: null },
    range: 'range=2026-03-06..2026-04-04',
    over: { range: { from: '2026-03-06', to: '2026-04-04' } },
  },
  {
    name: 'a public shop',
    options: { fill: retailRocket },
    range: 'range=2015-05-01..2015-09-30',
    over: { range: { from: '2015-05-01', to: '2015-09-30' } },
    // By an independent script, as the tests of the command line have it.
    reached: [4991, 128, 32],
    skip: !existsSync(file) && `${file} is not there; WAYMARK_TEST_DATA names its folder`,
  },
];

const count = (value) => value.toLocaleString('en-GB');
const number = (text) => Number(text.replace(/[^\d.]/g, ''));

/** The text shows the value, rounded to the digits that it has. */
const rounds = (shown, value, what) => {
  const digits = /\.(\d+)/.exec(shown)?.[1].length ?? 0;
  const off = Math.abs(number(shown) - value);
  assert.ok(off <= 0.5 * 10 ** -digits + 1e-9, `${what}: ${shown} is not ${value}`);
};

/** A rate on the screen has the share, the counts and the interval of the API's. */
const shows = async (locator, rate, what) => {
  const text = (await locator.textContent()).replace(/\s+/g, ' ');
  assert.ok(text.includes(`${count(rate.numerator)} of ${count(rate.denominator)} `), `${what}: ${text}`);
  const share = await locator.locator('.share').innerText();
  // None or all of many are counts; all else is a figure, however little data there is.
  if (share.includes(' of ')) assert.equal(share, `${count(rate.numerator)} of ${count(rate.denominator)}`);
  else rounds(share, rate.share * 100, what);
  const isMarked = (await locator.locator('.mark').count()) > 0;
  assert.equal(isMarked, rate.low_n && !share.includes(' of '), `${what}: little data`);
  const [, low, high] = /is probably between ([\d.]+)–([\d.]+)/.exec(text) ?? [];
  rounds(low, rate.interval.low * 100, `${what}, from`);
  rounds(high, rate.interval.high * 100, `${what}, to`);
};

for (const { name, options, range, over, reached, skip } of SHOPS)
  describe(`numbers of ${name}`, { skip }, () => {
    const it = dashboard(options);
    /** What the API answers, which the command line answers too. */
    const ask = async (question) => {
      const answer = await it.shop.api('POST', '/sites/shop/query', question);
      assert.deepEqual(await it.shop.waymark.query(question), answer);
      return answer;
    };

    test('the overview', async () => {
      const { total } = await ask({ overview: { days: true, then: true, compare: 'previous', over } });
      const page = await it.open(`/sites/shop/overview?${range}`);
      const headline = total.goals.find((goal) => goal.headline);
      const card = page.getByRole('region', { name: /headline$/ });
      await shows(card.locator('.big button'), headline.rates.visitor, headline.name);
      assert.equal(number(await card.locator('dl button').first().innerText()), headline.conversions);
      for (const { gross, refunds } of headline.value) {
        const value = card.locator('dl > div').filter({ hasText: 'Revenue' }).locator('dd').first();
        assert.equal(number(await value.innerText()), (gross + refunds) / 100);
      }
      const micros = total.goals.filter((goal) => goal.role !== 'macro');
      assert.ok(micros.length);
      for (const goal of micros) {
        const titled = page.getByRole('rowheader', { name: goal.name, exact: true });
        const row = page.getByRole('row').filter({ has: titled }).first();
        await shows(row.locator('.rate').first(), goal.rates.visitor, goal.name);
        await shows(row.locator('.rate').last(), goal.then_headline, `${goal.name}, then`);
      }
      for (const figure of [total.visitors, total.sessions, total.events])
        await page
          .getByText(new RegExp(`\\b${count(figure)}\\s(visitors|sessions|events)`))
          .first()
          .waitFor();
    });

    test('a funnel', async () => {
      const { steps } = await ask({ funnel: { name: 'checkout', over, compare: 'previous' } });
      if (reached)
        assert.deepEqual(
          steps.map((step) => step.reached),
          reached,
        );
      const page = await it.open(`/sites/shop/funnels?${range}&funnel=checkout`);
      const columns = page.locator('.steps > li');
      await columns.first().waitFor();
      assert.equal(await columns.count(), steps.length);
      for (const [at, step] of steps.entries()) {
        const column = columns.nth(at);
        assert.equal(number(await column.locator('.n').innerText()), step.reached, step.label);
        if (at) await shows(column.locator('.figure .rate'), step.share_of_previous, step.label);
        const lost = steps[at - 1]?.lost;
        if (lost)
          await column.getByRole('button', { name: new RegExp(`^${count(lost)} dropped out`) }).waitFor();
      }
      await shows(page.locator('.whole .rate'), steps.at(-1).share_of_first, 'first to last');
    });
  });
