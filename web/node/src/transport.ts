// One request to the collector, and what its answer means. It keeps nothing.

/** Why events were refused: those at `indexes`, or all of the request. */
export interface Refusal {
  code: string;
  message: string;
  indexes?: number[];
}

/** Either the collector has answered for the events, or they must go again: later, or in smaller requests. */
export type Answer =
  | { kind: 'done'; refused: Refusal[] }
  | { kind: 'later'; afterMs: number; cause: unknown }
  | { kind: 'unreadable'; refusal: Refusal };

/** Where requests go, and with what. */
export interface Settings {
  /** Where Waymark is: `https://stats.example`. */
  host: string;
  /** The site's name. */
  site: string;
  /** A secret server key (`wms_…`): times are kept, values are verified. */
  key?: string;
  /** Where events go on the host; `v1/events`. */
  endpoint?: string;
  /** How long a request may take, in ms; 10,000. */
  timeoutMs?: number;
}

interface Body {
  stored?: number;
  refused?: { index: number; code: string; message: string }[];
  error?: { code: string; message: string; hint?: string };
}

export class Transport {
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #site: string;
  /** With a key, times are taken as they are; without, the collector corrects them by the time of sending. */
  readonly #keepsTime: boolean;
  readonly #timeoutMs: number;
  #request = new AbortController();

  constructor({ host, endpoint = 'v1/events', site, key, timeoutMs = 10_000 }: Settings) {
    this.#url = new URL(endpoint, host.endsWith('/') ? host : host + '/');
    this.#headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    this.#site = JSON.stringify(site);
    this.#keepsTime = key !== undefined;
    this.#timeoutMs = timeoutMs;
  }

  /** Ends what is under way. */
  abort(): void {
    this.#request.abort();
  }

  /** Sends events that are JSON already. Never fails: a failure is an answer too. */
  async send(events: string[]): Promise<Answer> {
    const sent = this.#keepsTime ? '' : `"sent_at":${Date.now()},`;
    const body = `{"site":${this.#site},${sent}"events":[${events.join(',')}]}`;
    this.#request = new AbortController();
    const { signal } = this.#request;
    const late = new Error(`no answer in ${this.#timeoutMs} ms`);
    const timer = setTimeout(() => this.#request.abort(late), this.#timeoutMs);
    try {
      // A redirection would turn the request into another one.
      const init = { method: 'POST', headers: this.#headers, body, signal, redirect: 'manual' } as const;
      const response = await fetch(this.#url, init);
      return understood(response, await response.text());
    } catch (cause) {
      return { kind: 'later', afterMs: 0, cause };
    } finally {
      clearTimeout(timer);
    }
  }
}

const understood = ({ status, ok, headers }: Response, text: string): Answer => {
  const { stored, refused, error } = parsed(text);
  const strange = ok && stored === undefined;
  if (strange || [408, 429].includes(status) || status >= 500) {
    const afterMs = Number(headers.get('retry-after')) * 1_000 || 0;
    return { kind: 'later', afterMs, cause: new Error(`answered ${status}: ${text.slice(0, 500)}`) };
  }
  if (ok || refused?.length) {
    const each = (refused ?? []).map(({ index, ...why }) => ({ ...why, indexes: [index] }));
    return { kind: 'done', refused: each };
  }
  const code = error?.code ?? `http_${status}`;
  const message = [error?.message ?? text.slice(0, 500), error?.hint].filter(Boolean).join('; ');
  const refusal = { code, message };
  return [400, 413].includes(status) ? { kind: 'unreadable', refusal } : { kind: 'done', refused: [refusal] };
};

const parsed = (text: string): Body => {
  try {
    return (JSON.parse(text) ?? {}) as Body;
  } catch {
    return {};
  }
};
