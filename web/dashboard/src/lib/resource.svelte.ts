// Something asked for, with what is known of it now: waiting, an answer, or an error. The last answer stays while the
// next one is on its way, so that nothing jumps. It knows no endpoint.

import { ApiError, isCancelled } from '../api/client';
import { t } from '../text';

export class Resource<T> {
  /** The last answer. */
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<ApiError | undefined>(undefined);
  /** An answer is on its way. */
  loading = $state(true);
  #asked = $state(0);

  /** Asks again. */
  reload = () => {
    this.#asked++;
  };

  /** Used by `resource`: runs one question. */
  run(load: (signal: AbortSignal) => Promise<T> | undefined): () => void {
    void this.#asked;
    const stop = new AbortController();
    const answer = load(stop.signal);
    this.loading = !!answer;
    answer?.then(
      (value) => this.#settle(stop.signal, { value, error: undefined }),
      (error: unknown) =>
        isCancelled(error) || this.#settle(stop.signal, { value: undefined, error: known(error) }),
    );
    return () => stop.abort();
  }

  #settle(signal: AbortSignal, now: { value: T | undefined; error: ApiError | undefined }) {
    if (!signal.aborted) Object.assign(this, now, { loading: false });
  }
}

const known = (error: unknown) =>
  error instanceof ApiError ? error : new ApiError(0, 'defect', t.errors.defect, String(error));

/**
 * Asks while a component is there, and again whenever something changes that `load` read before its first await.
 * `load` may give undefined: nothing to ask yet.
 */
export function resource<T>(load: (signal: AbortSignal) => Promise<T> | undefined): Resource<T> {
  const made = new Resource<T>();
  $effect(() => made.run(load));
  return made;
}
