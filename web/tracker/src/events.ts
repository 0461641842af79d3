// Events on their way: they wait until the collector has answered for them, and go again under the same identifiers.

import type { Details } from '../index';
import { json, listen, random, safely } from './dom';
import { beside, options, say, wants } from './script';
import { optedOut, visitor } from './visitor';

/** An event as the collector takes it. */
export interface Fact extends Pick<Details, 'value' | 'currency' | 'key'> {
  id: string;
  name: string;
  time: number;
  url: string;
  referrer: string;
  props: Record<string, unknown>;
  test: boolean;
}

/** Requests that outlive their page may hold 64 KiB together; a character is up to three bytes. */
const MOST_CHARACTERS = 2e4;
const MOST_EVENTS = 128;
/** Of events that cannot be delivered the newest so many wait. */
const MOST_WAITING = 500;
const LONGEST_DELAY_MS = 36e5;
/** Events of a moment go together. */
const MOMENT_MS = 200;

const endpoint = beside(options.endpoint || 'v1/events');
const load = random();
/** As it is now: pages change it later. */
const { fetch } = window;

/** What is not yet on its way. */
export const waiting: Fact[] = [];
/** The address and referrer that events are recorded under. */
export const place = { url: '', referrer: '' };

let flying = 0;
/** How often in a row sending has failed. */
export let failures = 0;
let timer = 0;
let user: string | undefined;

/** What a value is sent as: lists and objects are texts, so that nothing in them can fail later. */
const plain = (value: any): unknown =>
  typeof value == 'object' ? (value.toJSON ? value.toJSON() + '' : JSON.stringify(value)) : value;

/** Copies the details: what cannot be sent is left out, alone, and what changes later does not matter. */
export const track = (name: string, details?: Details): void => {
  const props: Record<string, unknown> = {};
  const fact = { id: random(), name, time: Date.now(), ...place, props, test: 'test' in options } as Fact;
  safely(() =>
    Object.keys(details!).forEach((key) =>
      safely(() => {
        const value = plain(details![key]);
        if (json(value)) (/^(value|currency|key)$/.test(key) ? (fact as any) : props)[key] = value;
      }),
    ),
  );
  enqueue([fact]);
};

/** Tracks what happened by itself, unless the site has switched that off by the name's first part. */
export const capture = (name: string, details?: Details): unknown =>
  wants(name.split('_')[0]!) && track('$' + name, details);

export const identify = (id: string): void => {
  user = id;
  track('$identify');
};

export const enqueue = (facts: Fact[]): void => {
  waiting.push(...facts);
  waiting.splice(0, waiting.length - (optedOut ? 0 : MOST_WAITING));
  if (!flying) wake(MOMENT_MS);
};

const wake = (ms: number): void => {
  timer = timer || setTimeout(() => safely(flush), ms);
};

/** Sends what waits, one request after the other; `leaving`, all at once. */
export const flush = (leaving?: unknown): void => {
  clearTimeout(timer);
  timer = 0;
  while (waiting[0] && (leaving || !flying)) send();
};

const send = (count = MOST_EVENTS): void => {
  const batch = waiting.slice(0, count);
  const body = json({
    site: options.site,
    sent_at: Date.now(),
    load,
    hash: options.hash,
    visitor: visitor(),
    user,
    events: batch,
  });
  const keepalive = body.length < MOST_CHARACTERS;
  if (!keepalive && count > 1) return send(count >> 1);
  waiting.splice(0, count);
  flying++;
  (async () => {
    let delay = 0;
    try {
      const { status, headers } = await fetch(endpoint, { method: 'POST', body, keepalive });
      if (/408|429|5../.test(status as any)) throw headers.get('retry-after');
      failures = 0;
      say(headers?.get('x-waymark-not-counted'));
    } catch (seconds) {
      // Where fetch itself throws, all of this happens at once, and whoever sends would never end.
      await 0;
      enqueue(batch);
      delay = Math.min((+seconds! || 2 ** failures++) * 1e3 * (1 + Math.random()), LONGEST_DELAY_MS);
    }
    flying--;
    wake(delay);
  })();
};

listen('online', flush);
