// The further parts of a list whose first part is a resource. Parts that arrive after the first has changed belong to
// another list, and are left out.

import type { Resource } from './resource.svelte';
import { toasts } from './toast.svelte';

export class Further<T> {
  busy = $state(false);
  #got = $state.raw<{ of: unknown; items: T[]; next: string | null }>();
  readonly #first: Pick<Resource<{ next?: string | null }>, 'value' | 'loading'>;
  readonly #ask: (after: string) => Promise<{ items: T[]; next: string | null }>;

  constructor(
    first: Pick<Resource<{ next?: string | null }>, 'value' | 'loading'>,
    ask: (after: string) => Promise<{ items: T[]; next: string | null }>,
  ) {
    this.#first = first;
    this.#ask = ask;
  }

  get #here() {
    return this.#got?.of === this.#first.value ? this.#got : undefined;
  }

  /** What follows the first part. */
  get items(): T[] {
    return this.#here?.items ?? [];
  }

  /** Where the list goes on; null at its end. */
  get next(): string | null {
    return this.#here ? this.#here.next : (this.#first.value?.next ?? null);
  }

  /** Asks for the next part, one at a time. */
  more = async () => {
    const { items, next } = this;
    const of = this.#first.value;
    if (this.busy || this.#first.loading || !next) return;
    this.busy = true;
    try {
      const part = await this.#ask(next);
      this.#got = { of, items: [...items, ...part.items], next: part.next };
    } catch (error) {
      toasts.error(error);
    } finally {
      this.busy = false;
    }
  };
}
