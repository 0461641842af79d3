// On paper: every page fits sheets of either format and direction, in light colours, without navigation and buttons.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
const RANGE = 'range=2026-03-06..2026-04-04';

/** What is left of a sheet in CSS pixels, and how the browser is asked for it. */
const SHEETS = {
  'A4 upright': { width: 717, format: 'A4' },
  'A4 lying': { width: 1046, format: 'A4', landscape: true },
  'Letter upright': { width: 739, format: 'Letter' },
  'Letter lying': { width: 979, format: 'Letter', landscape: true },
};
const PAGES = {
  overview: { path: `/sites/shop/overview?${RANGE}`, ready: '.u-wrap', pages: 4 },
  funnels: { path: `/sites/shop/funnels?${RANGE}`, ready: '.through .bars', pages: 1 },
  funnel: { path: `/sites/shop/funnels?${RANGE}&funnel=checkout&by=device`, ready: '.steps .n', pages: 3 },
  goals: { path: `/sites/shop/goals?${RANGE}`, ready: '.big .share', pages: 3 },
  journeys: { path: `/sites/shop/journeys?${RANGE}`, ready: '[data-node]', pages: 4 },
};

/** What is wrong with the page as it is laid out for paper. */
const wrongs = () => {
  const found = [];
  const main = document.querySelector('main').getBoundingClientRect();
  if (main.width < innerWidth - 40) found.push(`the content is ${main.width} px wide`);
  if (document.documentElement.scrollWidth > innerWidth) found.push('it is wider than the sheet');
  if (getComputedStyle(document.querySelector('nav')).display !== 'none')
    found.push('the navigation is there');
  const isShown = (element) => element.getClientRects().length > 0;
  const buttons = [...document.querySelectorAll('main .button:not([aria-haspopup])')].filter(isShown);
  found.push(...buttons.map((button) => `the button ${button.textContent} is there`));
  for (const drawn of document.querySelectorAll('main :is(canvas, svg, table, .steps, .chart)')) {
    const { left, right, height } = drawn.getBoundingClientRect();
    if (left < main.left - 1 || right > main.right + 1)
      found.push(`${drawn.tagName} reaches from ${left} to ${right}`);
    if (drawn.tagName === 'CANVAS' && height < 100) found.push(`a chart is ${height} px high`);
  }
  if (getComputedStyle(document.documentElement).colorScheme !== 'light') found.push('it is dark');
  return found;
};

for (const [name, { path, ready, pages }] of Object.entries(PAGES))
  for (const look of ['light', 'dark'])
    test(`${name}, ${look}, on paper`, async () => {
      const page = await it.open(path, { look });
      await page.locator(ready).first().waitFor();
      for (const [sheet, { width, ...options }] of Object.entries(SHEETS)) {
        // As it is laid out: on a screen of that width, once the browser has said that it prints.
        await page.emulateMedia({ media: 'print' });
        await page.setViewportSize({ width, height: 1000 });
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        assert.deepEqual(await page.evaluate(wrongs), [], sheet);
        await it.picture(page, `print-${name}-${look}-${sheet.replace(' ', '-')}`);
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        await page.emulateMedia({ media: 'screen' });
        // As it is printed: no sheet too many, and each has something on it.
        await page.setViewportSize({ width: 1280, height: 800 });
        const pdf = (await page.pdf(options)).toString('latin1');
        const count = pdf.match(/\/Type\s*\/Page\b/g).length;
        assert.ok(count >= 1 && count <= pages, `${sheet}: ${count} pages`);
      }
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
    });
