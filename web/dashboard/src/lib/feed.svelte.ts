// A site's live stream for as long as a component is there: it connects again by itself, later each time.
// It knows no page and keeps no event.

import type { ApiError } from '../api';
import { watch, type LiveMessage } from '../api/live';
import { isCancelled } from '../api/client';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** How long to wait before the next try: doubled each time, and a little by chance, so that not all come at once. */
export const pause = (tries: number, chance: number) =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.75 + chance / 2);

export class Feed {
  state = $state<'connecting' | 'open' | 'waiting' | 'refused'>('connecting');
  /** Why there is no connection. */
  error = $state.raw<ApiError | null>(null);
  #tries = 0;
  #now: (() => void) | null = null;

  /** Tries again without waiting. */
  retry = () => this.#now?.();

  /** Used by `feed`. */
  async run(site: string, take: (message: LiveMessage) => void, signal: AbortSignal) {
    while (!signal.aborted) {
      this.state = 'connecting';
      try {
        for await (const message of watch(site, signal, () => this.#opened())) take(message);
      } catch (error) {
        if (signal.aborted || isCancelled(error)) return;
        this.error = error as ApiError;
        // Asking again would not help those who may not see it.
        const { status } = this.error;
        if (status >= 400 && status < 500 && status !== 429) return void (this.state = 'refused');
      }
      this.state = 'waiting';
      await this.#wait(signal);
    }
  }

  #opened() {
    this.#tries = 0;
    this.error = null;
    this.state = 'open';
  }

  #wait(signal: AbortSignal) {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause(this.#tries++, Math.random()));
      this.#now = () => (clearTimeout(timer), resolve());
      signal.addEventListener('abort', this.#now, { once: true });
    });
  }
}

/** Listens to the site's events while a component is there; to none while there is no site to listen to. */
export function feed(site: () => string | null, take: (message: LiveMessage) => void): Feed {
  const made = new Feed();
  $effect(() => {
    const stop = new AbortController();
    const name = site();
    if (name !== null) void made.run(name, take, stop.signal);
    return () => stop.abort();
  });
  return made;
}
