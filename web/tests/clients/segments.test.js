// Other engines, unmodified, on the files that hold the events: every row is that of the export, and the queries of the documents run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ENGINES = {
  DuckDB: 'duckdb',
  Polars: 'polars',
  PyArrow: 'pyarrow',
  ClickHouse: 'chdb',
  Iceberg: 'pyiceberg',
};
const run = promisify(execFile);
const script = fileURLToPath(new URL('support/segments.py', import.meta.url));
const page = readFileSync(new URL('../../../docs/segments.md', import.meta.url), 'utf8');
const MOST_OUTPUT = 64 << 20;

let folder;
let exported;

const waymark = async (...args) => {
  const { stdout } = await run(process.env.WAYMARK_BIN, args, { cwd: folder, maxBuffer: MOST_OUTPUT });
  return stdout;
};

const python = async (...args) => {
  if (!process.env.WAYMARK_PYTHON)
    throw new Error('WAYMARK_PYTHON is not set: `cargo xtask clients` sets it');
  const { stdout } = await run(process.env.WAYMARK_PYTHON, args, { cwd: folder, maxBuffer: MOST_OUTPUT });
  return stdout;
};

/** Events of two months with something in every column now and then; the second month has a property more. */
const event = (number) => ({
  time: new Date(Date.UTC(2026, number % 2, 3, 10, number % 7, number % 60, number % 1000)).toISOString(),
  visitor: `visitor ${number % 40}`,
  name: ['view', 'purchase'][Number(number % 5 === 0)],
  host: 'shop.example',
  path: `/${number % 9}`,
  source: number % 3 ? 'news' : undefined,
  user: number % 4 ? undefined : `user ${number % 8}`,
  event_id: `event ${number}`,
  key: number % 5 ? undefined : `A-${number}`,
  value: number % 5 ? undefined : '19.90',
  currency: number % 5 ? undefined : 'EUR',
  tag: number % 31 ? undefined : 'bot',
  prop: {
    plan: number % 5 ? undefined : ['basic', 'pro'][number % 3 ? 1 : 0],
    'list.name': number % 2 ? 'größe' : undefined,
  },
});

/** Rows in an order that depends on them alone. */
const sorted = (rows) =>
  rows.toSorted((a, b) => (JSON.stringify(order(a)) < JSON.stringify(order(b)) ? -1 : 1));
const order = (row) => [row.time, row.visitor, row.event_id];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-segments-'));
  const lines = Array.from({ length: 400 }, (_, number) => JSON.stringify(event(number)));
  await writeFile(join(folder, 'events.ndjson'), lines.join('\n'));
  await waymark('site', 'add', 'shop', '--timezone', 'UTC');
  await waymark('import', '--site', 'shop', 'events.ndjson');
  exported = (await waymark('export', '--site', 'shop'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  assert.equal(exported.length, 400);
});
after(() => rm(folder, { recursive: true, force: true }));

for (const [title, engine] of Object.entries(ENGINES)) {
  test(`${title} reads every row`, async () => {
    const rows = JSON.parse(await python(script, engine, 'waymark-data'));
    assert.deepEqual(sorted(rows), sorted(exported));
  });

  test(`the query of the documents for ${title} runs`, async () => {
    const [, query] = new RegExp(`^## ${title}\\n.*?^\`\`\`python\\n(.*?)^\`\`\``, 'ms').exec(page);
    const said = await python('-c', query);
    const found = [...said.matchAll(/['"](basic|pro)['"]\D+(\d+)/g)].map(([, plan, count]) => [
      plan,
      Number(count),
    ]);
    const bought = exported.filter(({ name, tag }) => name === 'purchase' && !tag);
    const expected = ['basic', 'pro'].map((plan) => [
      plan,
      bought.filter(({ prop }) => prop.plan === plan).length,
    ]);
    assert.deepEqual(found, expected, said);
  });
}
