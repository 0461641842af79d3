// An event as a server tells it, and as it goes over the wire.

import { randomBytes } from 'node:crypto';

export type Property = string | number | boolean;

/** What happened. Only the name is needed. */
export interface Event {
  /** `purchase`, `$refund`, … */
  name: string;
  /** When; a `Date`, or milliseconds since 1970. Now, if it is left out. */
  time?: Date | number;
  /** The site's own identifier of the visitor: from the `wm` cookie, or whatever else is the same for one visitor. */
  visitor?: string;
  /** The user that the site knows; hashed on arrival. */
  user?: string;
  /** The page's address and the one before. */
  url?: string;
  referrer?: string;
  /** The order or transaction: joins the browser's event of the same order, and counts once. */
  key?: string;
  /** In major units: `'19.90 EUR'`, or a number beside `currency`. */
  value?: number | string;
  currency?: string;
  props?: Record<string, Property>;
  /** Left out of results. */
  test?: boolean;
  /** What the visitor's request came with. Believed with a server key only, and never stored. */
  ip?: string;
  userAgent?: string;
  country?: string;
  /** 32 hexadecimal digits by which a repeated delivery is recognised; random, if it is left out. */
  id?: string;
}

/** An event under way: its identifier, and its JSON, made when it was tracked. */
export interface Waiting {
  event: Event;
  json: string;
}

/**
 * Copies the event, with its identifier and time.
 *
 * @throws {TypeError} when it cannot be written as JSON, or its time is none
 */
export const waiting = (event: Event): Waiting => {
  const { time = Date.now(), userAgent, id = randomBytes(16).toString('hex'), ...rest } = event;
  const ms = Number(time);
  if (!Number.isFinite(ms)) throw new TypeError(`the time of the event is none: ${String(time)}`);
  const told = { ...rest, id, time: ms, user_agent: userAgent };
  return { event: { ...event, id, time }, json: JSON.stringify(told) };
};
