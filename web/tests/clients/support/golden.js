// What a client's events are stored as, in a file for each client: one event a line.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';

/** Compares a client's events field by field; with `WAYMARK_GOLDEN=write` writes the file instead, for a person to read. */
export const compare = async (client, stored) => {
  const events = counted(stored);
  const file = new URL(`../golden/${client}.ndjson`, import.meta.url);
  if (process.env.WAYMARK_GOLDEN === 'write') {
    return writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const expected = lines.map((line) => JSON.parse(line));
  assert.deepEqual(events, expected, `not as in ${file.pathname}; WAYMARK_GOLDEN=write writes it anew`);
};

/** Fields of an event that are pseudonyms: which number stands for whom is the server's secret. */
const PSEUDONYMS = ['visitor', 'user', 'key', 'event_id'];

/** Events whose pseudonyms are counted, each field for itself, in the order of their appearance. */
const counted = (events) => {
  const numbers = (field) => [...new Set(events.map((event) => event[field]).filter(Boolean))];
  const known = PSEUDONYMS.map((field) => [field, numbers(field)]);
  return events.map((event) => {
    const told = known.filter(([field]) => field in event);
    return {
      ...event,
      ...Object.fromEntries(told.map(([field, numbers]) => [field, numbers.indexOf(event[field]) + 1])),
    };
  });
};

/** Events to the minute: to a client's times is added how far its clock was behind ours, here the way of the request. */
export const minutes = (events) => events.map((event) => ({ ...event, time: event.time.slice(0, 16) }));

/** Events of now, without their times. */
export const now = (events) =>
  events.map(({ time, ...event }) => {
    assert.ok(Math.abs(Date.now() - Date.parse(time)) < 600_000, `${time} is not now`);
    return event;
  });
