// Journeys: paths, exits and sequences are what the API answers; places are reached by arrow keys; a table is behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './support/dashboard.js';

const it = dashboard();
/** Days that the simulated shop has. */
const RANGE = { from: '2026-01-05', to: '2026-04-04' };
const PATH = `/sites/shop/journeys?range=${RANGE.from}..${RANGE.to}`;
const ready = (page) => page.locator('[data-node]');
const count = (value) => value.toLocaleString('en-GB');
const ask = (question) => it.shop.api('POST', '/sites/shop/query', question);
const over = { range: RANGE };

it.looks('journeys', PATH, ready, {
  then: (page) =>
    page
      .getByText(/may still continue|ended without this goal/)
      .first()
      .waitFor(),
});
it.looks('journeys-after', `${PATH}&side=after&goal=add to cart&steps=goal&depth=4`, ready);
it.looks('journeys-nobody', '/sites/shop/journeys?range=2020-01-01..2020-01-31', (page) =>
  page.getByText('No session reached “purchase” in this period.'),
);

test('numbers on screen are the answers of the API', async () => {
  const paths = await ask({ paths: { to: 'purchase', by: 'page', depth: 5, top: 6, over } });
  const page = await it.open(PATH);
  await ready(page).first().waitFor();
  assert.equal(await ready(page).count(), paths.nodes.length);
  await page.getByText('Show as table').click();
  const rows = page.getByRole('table', { name: 'Paths to purchase' }).locator('tbody tr');
  const shown = await rows.locator('td:nth-child(3) .value').allInnerTexts();
  const sessions = paths.nodes.map((node) => count(node.sessions));
  assert.deepEqual(shown.toSorted(), sessions.toSorted());

  const exits = await ask({ exits: { goal: 'purchase', top: 10, over } });
  const ended = page.getByRole('table', { name: /^Exit pages/ }).locator('tbody tr');
  assert.equal(await ended.count(), exits.items.length);
  assert.match(await ended.first().innerText(), new RegExp(`${count(exits.items[0].exits)}\\s`));

  const sequences = await ask({ sequences: { goal: 'purchase', top: 10, over } });
  const typical = page.getByRole('table', { name: /^Sequences of visitors/ }).locator('tbody tr');
  assert.equal(await typical.count(), sequences.items.length);
  await typical.first().getByText(sequences.items[0].sequence.join(' → '), { exact: true }).waitFor();
});

test('journeys count what the overview counts', async () => {
  const { total } = await ask({ overview: { over } });
  const overview = total.goals.find(({ headline }) => headline);
  assert.ok(overview.repeats_removed > 0, 'there are reloads, which count nowhere');
  const paths = await ask({ paths: { to: 'purchase', by: 'page', depth: 5, top: 6, over } });
  assert.equal(paths.units, overview.rates.session.numerator);
  const sequences = await ask({ sequences: { goal: 'purchase', top: 10, over } });
  assert.equal(sequences.converters, overview.rates.visitor.numerator);
  const [{ gross }] = overview.value;
  assert.equal(Object.values(paths.gross)[0], gross);

  const page = await it.open(`/sites/shop/overview?range=${RANGE.from}..${RANGE.to}&base=session`);
  const sessions = `${count(paths.units)} of ${count(total.sessions)} sessions`;
  await page
    .getByRole('region', { name: /^purchase headline/ })
    .getByText(sessions, { exact: true })
    .waitFor();
  await page.goto(PATH, { waitUntil: 'networkidle' });
  await page.getByText(`${count(paths.units)} sessions reached this goal · `, { exact: false }).waitFor();
  await page
    .getByText(`${count(sequences.converters)} visitors reached this goal`, { exact: false })
    .waitFor();
});

test('arrow keys go from place to place, and each says what it is', async () => {
  const page = await it.open(PATH);
  const goal = page.getByRole('button', { name: /^purchase/ }).first();
  await goal.focus();
  await page.locator('[role=tooltip]').getByText('the goal').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.locator('[role=tooltip]').getByText('1 step before').waitFor();
  const before = await page.evaluate(() => document.activeElement.textContent);
  assert.match(before, /1 step before\. [\d,]+ of [\d,]+ sessions/);
  assert.ok((await page.locator('path.lit').count()) > 0);
  await page.keyboard.press('ArrowRight');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^\s*purchase/);
});

test('goal, side, steps and depth are in the address', async () => {
  const page = await it.open(PATH);
  await page.getByLabel('Goal', { exact: true }).selectOption('add to cart');
  await page.getByLabel('Direction').selectOption('after');
  await page.getByLabel('Steps', { exact: true }).selectOption('event');
  await page.getByLabel('Number of steps').selectOption('3');
  await page.getByRole('heading', { name: 'Paths from add to cart' }).waitFor();
  const { searchParams } = new URL(page.url());
  assert.deepEqual(
    ['goal', 'side', 'steps', 'depth'].map((name) => searchParams.get(name)),
    ['add to cart', 'after', 'event', '3'],
  );
});

test('a viewer sees journeys without small groups', async () => {
  const page = await it.open(PATH, { as: 'viewer' });
  await ready(page).first().waitFor();
});
