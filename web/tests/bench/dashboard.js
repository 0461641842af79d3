// How long the overview and a funnel of ten million events take: the query, the headline figure on the screen, and the first
// key that is answered. `cargo xtask bench dashboard` runs it; it is no test, as it says how fast this machine is now.

import { chromium } from 'playwright-core';
import { Shop } from '../dashboard/support/shop.js';

const EVENTS = Number(process.env.WAYMARK_EVENTS || 10_000_000);
const RUNS = Number(process.env.WAYMARK_RUNS || 9);
const DAYS = 30;
/** What a page may take, in ms. */
const BUDGET = { query: 150, interactive: 1000 };

/** The days that the simulated shop has. */
const RANGE = { from: '2026-01-05', to: '2026-02-03' };
const over = { range: RANGE };
const range = `range=${RANGE.from}..${RANGE.to}`;
const PAGES = {
  overview: {
    path: `/sites/shop/overview?${range}`,
    figure: '.big .share',
    query: { overview: { days: true, then: true, compare: 'previous', over } },
  },
  funnel: {
    path: `/sites/shop/funnels?${range}&funnel=checkout`,
    figure: '.steps .n',
    query: { funnel: { name: 'checkout', compare: 'previous', over } },
  },
};

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];
const best = (values) => Math.min(...values);
const repeat = async (work) => {
  const took = [];
  for (let run = 0; run < RUNS; run++) took.push(await work());
  return took;
};

const asked = (shop, query) =>
  repeat(async () => {
    const begun = performance.now();
    await shop.api('POST', '/sites/shop/query', query);
    return performance.now() - begun;
  });

/** Ms from the navigation on until the figure is there, and until a key that is pressed then has opened what it opens. */
const opened = async (browser, shop, { path, figure }) => {
  const context = await browser.newContext({ baseURL: shop.address, viewport: { width: 1280, height: 800 } });
  await context.addCookies(await shop.cookies('owner'));
  const page = await context.newPage();
  await page.goto(path, { waitUntil: 'commit' });
  const since = (selector) =>
    page
      .waitForFunction((found) => document.querySelector(found) && performance.now(), selector)
      .then((handle) => handle.jsonValue());
  const seen = await since(figure);
  await page.keyboard.press('?');
  const answered = await since('dialog[open]');
  await context.close();
  return { seen, answered };
};

const line = (name, values, budget) => {
  const [middle, least] = [median(values), best(values)].map((value) => value.toFixed(0).padStart(6));
  const told = budget ? `   at most ${budget}: ${Number(middle) <= budget ? 'kept' : 'missed'}` : '';
  console.log(`  ${name.padEnd(34)}${middle}${least}${told}`);
};

console.log(`simulating ${EVENTS.toLocaleString('en')} events over ${DAYS} days`);
const shop = await Shop.open({ events: EVENTS, days: DAYS });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const { total } = await shop.api('POST', '/sites/shop/query', { overview: { over } });
  console.log(`${total.events.toLocaleString('en')} events in the range; ms of ${RUNS} runs\n`);
  console.log(`  ${''.padEnd(34)}${'median'.padStart(6)}${'best'.padStart(6)}`);
  for (const [name, page] of Object.entries(PAGES)) {
    line(`${name}: query`, await asked(shop, page.query), BUDGET.query);
    const runs = await repeat(() => opened(browser, shop, page));
    line(
      `${name}: figure on the screen`,
      runs.map(({ seen }) => seen),
    );
    line(
      `${name}: answers a key`,
      runs.map(({ answered }) => answered),
      BUDGET.interactive,
    );
  }
} finally {
  await browser.close();
  await shop.close();
}
