// What happens now: who is there, and events as they arrive.

import { open, request } from './client';
import { messages } from './stream';
import type { GoalRole } from './types';

export interface LiveNow {
  /** Distinct visitors of the last five minutes. All of these are `null` where they are too few for whoever looks. */
  visitors_now: number | null;
  /** The last 30 minutes, oldest first. */
  minutes: { minute: string; visitors: number | null; events: number | null }[];
  /** Visitors who reached a goal in the last 30 minutes. */
  steps: { goal: string; role: GoalRole; headline: boolean; visitors: number | null }[];
  /** Fewer than 10 visitors are not shown to whoever looks. */
  suppressed?: boolean;
}

/** An event as it arrives; nothing of who it was. */
export interface LiveEvent {
  /** Milliseconds since 1970 (UTC), or RFC 3339. */
  time: number | string;
  name: string;
  host: string;
  path: string;
  channel: string;
  country: string;
  device: string;
  value?: number;
  currency?: string;
  /** Why it is left out of results: `bot`, `internal`, `test`. */
  tag?: string;
  /** Its order was counted before: it is a reload, and no second one. */
  already_counted?: boolean;
  /** The site's headline goal looks for it. */
  headline?: boolean;
}

const site = (name: string) => `/sites/${encodeURIComponent(name)}`;

export const getLiveNow = (name: string, signal?: AbortSignal) =>
  request<LiveNow>('GET', `${site(name)}/live/now`, { signal });

/** What the stream says: an event, or how many were left out because they came too fast. */
export type LiveMessage = { event: LiveEvent } | { missed: number };

/** The site's events from now on, until the connection ends. */
export async function* watch(
  name: string,
  signal: AbortSignal,
  onopen: () => void,
): AsyncGenerator<LiveMessage> {
  const bytes = await open(`${site(name)}/live`, signal);
  onopen();
  for await (const { kind, data } of messages(bytes)) {
    if (kind === 'event') yield { event: JSON.parse(data) as LiveEvent };
    else if (kind === 'missed') yield { missed: Number(data) || 0 };
  }
}
