// The client for servers: events wait in memory, go in batches, and go again under the same identifiers.

import { Closed, QueueFull, Refused, TooLarge, Undelivered } from './error.js';
import { type Event, type Waiting, waiting } from './event.js';
import { type Answer, type Settings, Transport } from './transport.js';

export { Closed, type Event, QueueFull, Refused, TooLarge, Undelivered };
export type { Property } from './event.js';

export interface Options extends Settings {
  /** Most events that wait; 10,000. */
  capacity?: number;
  /** Most events of a request, up to 500; 100. */
  batch?: number;
  /** How long an event waits for others, in ms; 500. */
  delayMs?: number;
  /** The first pause after a failure, in ms; 1,000. Each further one is twice as long, up to a minute. */
  retryMs?: number;
  /** Hears of events that the collector refused. Without it they become a warning of the process. */
  onRefused?: (refused: Refused) => void;
}

/** Requests are at most 1 MiB; this leaves room for what stands around the events. */
const MOST_BYTES = 1_000_000;
const LONGEST_PAUSE_MS = 60_000;
/** A collector that asks for more is asked again after so long. */
const LONGEST_ASKED_MS = 3_600_000;

const warn = (refused: Refused): void => process.emitWarning(refused);

/** A client. Nothing that it takes is dropped in silence; what it does not take is an error on the spot. */
export class Waymark {
  readonly #limits: Required<Pick<Options, 'capacity' | 'batch' | 'delayMs' | 'retryMs'>>;
  readonly #onRefused: (refused: Refused) => void;
  readonly #transport: Transport;
  readonly #queue: Waiting[] = [];
  /** Events that the collector has answered for. */
  #answered = 0;
  /** Who waits until it has answered for so many. */
  #flushes: { until: number; done: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending = false;
  #closed = false;
  #failures = 0;
  /** Most events of the next request: fewer while it is found out which one cannot be read. */
  #most: number;
  #cause: unknown;

  constructor(options: Options) {
    const { capacity = 10_000, batch = 100, delayMs = 500, retryMs = 1_000, onRefused = warn } = options;
    this.#limits = { capacity, batch, delayMs, retryMs };
    this.#onRefused = onRefused;
    this.#most = batch;
    this.#transport = new Transport(options);
  }

  /**
   * Takes an event; it goes out soon, with others.
   *
   * @throws {QueueFull} when too many wait
   * @throws {TooLarge} when it does not fit into a request
   * @throws {Closed} after `close`
   * @throws {TypeError} when it cannot be written as JSON, or its time is none
   */
  track(event: Event): void {
    if (this.#closed) throw new Closed();
    if (this.#queue.length >= this.#limits.capacity) throw new QueueFull(this.#limits.capacity);
    const taken = waiting(event);
    const bytes = Buffer.byteLength(taken.json);
    if (bytes > MOST_BYTES) throw new TooLarge(bytes, MOST_BYTES);
    this.#queue.push(taken);
    if (this.#queue.length >= this.#limits.batch && !this.#failures) this.#wake(0);
    else this.#wake(this.#limits.delayMs);
  }

  /** Events that wait or are under way. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Sends what waits, and is done when the collector has answered for all that waits now.
   *
   * @throws {Undelivered} when that takes longer than `timeoutMs`; the events go on waiting
   */
  async flush(timeoutMs = 30_000): Promise<void> {
    if (!this.#queue.length) return;
    this.#wake(0);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((done) => (timer = setTimeout(done, timeoutMs, 'late')));
    const until = this.#answered + this.#queue.length;
    const all = new Promise<void>((done) => this.#flushes.push({ until, done }));
    const first = await Promise.race([all, late]);
    clearTimeout(timer);
    if (first === 'late') throw new Undelivered(this.#events(), this.#cause);
  }

  /**
   * Takes no more events and flushes.
   *
   * @throws {Undelivered} with the events that are lost, when that takes longer than `timeoutMs`
   */
  async close(timeoutMs = 30_000): Promise<void> {
    this.#closed = true;
    try {
      await this.flush(timeoutMs);
    } finally {
      clearTimeout(this.#timer);
      this.#queue.length = 0;
      this.#transport.abort();
    }
  }

  #events(): Event[] {
    return this.#queue.map(({ event }) => event);
  }

  /** Sends in so many milliseconds, or earlier if that is due; while it waits after a failure, only then. */
  #wake(ms: number): void {
    if (this.#sending || (this.#timer && (ms > 0 || this.#failures))) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), ms);
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    this.#sending = true;
    const batch = this.#batch();
    const answer = await this.#transport.send(batch.map(({ json }) => json));
    this.#sending = false;
    const pause = this.#settle(batch, answer);
    if (this.#queue.length) this.#wake(pause);
    const due = this.#flushes.filter(({ until }) => until <= this.#answered);
    this.#flushes = this.#flushes.filter((flush) => !due.includes(flush));
    due.forEach(({ done }) => done());
  }

  /** The oldest events that fit into one request. They stay in the queue until they are answered for. */
  #batch(): Waiting[] {
    let bytes = 0;
    const fits = ({ json }: Waiting): boolean => (bytes += Buffer.byteLength(json) + 1) <= MOST_BYTES;
    const most = this.#queue.slice(0, this.#most);
    const end = most.findIndex((waiting) => !fits(waiting));
    return end < 0 ? most : most.slice(0, Math.max(end, 1));
  }

  /** Draws the consequences of an answer; the pause before the next request, in ms. */
  #settle(batch: Waiting[], answer: Answer): number {
    if (answer.kind === 'later') {
      this.#cause = answer.cause;
      const pause = Math.min(this.#limits.retryMs * 2 ** this.#failures++, LONGEST_PAUSE_MS);
      return Math.max(pause * (1 + Math.random()), Math.min(answer.afterMs, LONGEST_ASKED_MS));
    }
    this.#failures = 0;
    if (answer.kind === 'unreadable' && batch.length > 1) {
      this.#most = batch.length >> 1;
      return 0;
    }
    this.#most = this.#limits.batch;
    this.#queue.splice(0, batch.length);
    this.#answered += batch.length;
    const refused = answer.kind === 'done' ? answer.refused : [answer.refusal];
    for (const { code, message, indexes = [...batch.keys()] } of refused) {
      const events = indexes.flatMap((index) => batch[index]?.event ?? []);
      // In a turn of its own, so that an error thrown there does not stop the queue.
      process.nextTick(this.#onRefused, new Refused(code, message, events));
    }
    return 0;
  }
}
