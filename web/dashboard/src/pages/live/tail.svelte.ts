// The last events that arrived, newest first: bounded, and still while paused. It knows no connection.

import type { LiveEvent } from '../../api/live';
import { t } from '../../text';

/** So many are kept; what is older is in the reports. */
export const KEPT = 100;

export class Tail {
  shown = $state.raw<LiveEvent[]>([]);
  paused = $state(false);
  /** How many came while paused. */
  waiting = $state(0);
  /** How many were left out because they came too fast to show. */
  missed = $state(0);
  /** What screen readers are told: how many came, not each of them. */
  spoken = $state('');
  #held: LiveEvent[] = [];
  #unspoken = 0;

  take(event: LiveEvent) {
    this.#unspoken++;
    if (this.paused) {
      this.waiting++;
      this.#held = [event, ...this.#held].slice(0, KEPT);
    } else this.shown = [event, ...this.shown].slice(0, KEPT);
  }

  miss(events: number) {
    this.missed += events;
  }

  toggle() {
    this.paused = !this.paused;
    if (this.paused) return;
    this.shown = [...this.#held, ...this.shown].slice(0, KEPT);
    this.#held = [];
    this.waiting = 0;
  }

  /** Says how many came since it last did; nothing while paused. */
  speak() {
    this.spoken = this.#unspoken && !this.paused ? t.live.events.spoken(this.#unspoken) : '';
    this.#unspoken = 0;
  }
}
