// What can become of events that are not stored: each case says what is lost and what to do.

import type { Event } from './event.js';

/** The queue is full: the event was not taken. */
export class QueueFull extends Error {
  override name = 'QueueFull';
  constructor(capacity: number) {
    super(
      `${capacity} events wait already, so this one was not taken; track it again later, or raise \`capacity\``,
    );
  }
}

/** The client was closed: the event was not taken. */
export class Closed extends Error {
  override name = 'Closed';
  constructor() {
    super('the client is closed, so this event was not taken');
  }
}

/** The event is longer than a request may be: it was not taken. */
export class TooLarge extends Error {
  override name = 'TooLarge';
  constructor(bytes: number, most: number) {
    super(`the event has ${bytes} bytes, more than ${most}, and was not taken; send less with it`);
  }
}

/** The collector will not take these events, now or later: they are lost. */
export class Refused extends Error {
  override name = 'Refused';
  constructor(
    /** The collector's code: `bad_value`, `unknown_site`, … */
    readonly code: string,
    message: string,
    readonly events: Event[],
  ) {
    super(`${events.length} event${events.length === 1 ? '' : 's'} refused (${code}): ${message}`);
  }
}

/** Time was up before these were acknowledged. They go on waiting, unless the client was being closed. */
export class Undelivered extends Error {
  override name = 'Undelivered';
  constructor(
    readonly events: Event[],
    cause: unknown,
  ) {
    super(`${events.length} events were not acknowledged in time`, { cause });
  }
}
