// The pictures of the guide for users (docs/guide), taken of the demonstration's shop.

import { test } from 'node:test';
import { dashboard } from '../dashboard/support/dashboard.js';

const it = dashboard({ events: 500_000 });
const RANGE = 'range=2026-03-06..2026-04-04';

const pictures = [
  ['overview', 'overview', (page) => page.locator('.u-wrap')],
  ['funnel', 'funnels', (page) => page.getByText('From the first step to the last'), 'funnel=checkout'],
  ['journeys', 'journeys', (page) => page.getByText('Exit pages of sessions without purchase')],
  ['goals', 'goals', (page) => page.getByRole('rowheader', { name: 'newsletter' })],
];

for (const [name, path, ready, more = ''] of pictures)
  test(`a picture of ${name}`, async () => {
    const page = await it.open(`/sites/shop/${path}?${RANGE}&${more}`);
    await ready(page).first().waitFor();
    await page.evaluate(() => document.fonts.ready);
    await it.picture(page, name, { fullPage: false });
  });
