// The one way to the API: credentials, errors with their codes, and cancelling. It knows no endpoint and no page.

import { t } from '../text';

const ROOT = '/api/v1';

/** What went wrong, in the API's own words; `status` is 0 when there was no answer. */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    message = '',
    readonly hint?: string,
    /** The request's name in the server's log. */
    readonly request?: string,
    /** The answer's body, where a code promises more than a message. */
    readonly body?: unknown,
  ) {
    super(message);
  }
}

export interface Options {
  /** Parameters; those that are undefined are left out. */
  params?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  /** The version that a change is based on. */
  ifMatch?: string;
}

/** Who asks: the token against forged requests (with the session's cookie), or a shared link's. */
const credentials: { csrf: string | null; bearer: string | null } = { csrf: null, bearer: null };
let onSignedOut = () => {};

export const identify = (who: Partial<typeof credentials>) => Object.assign(credentials, who);

/** Runs when the API says that nobody is signed in (any more). */
export const whenSignedOut = (run: () => void) => (onSignedOut = run);

export const address = (path: string, params: Options['params'] = {}): string => {
  const given = Object.entries(params).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const query = new URLSearchParams(given).toString();
  return `${ROOT}${path}${query && `?${query}`}`;
};

/** Asks, and reads the answer's JSON; a text where it is none, and undefined where there is nothing. */
export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const told: unknown = isJson && text ? parse(text) : text || undefined;
  if (!response.ok) throw failure(response, told);
  return told as T;
}

/** Asks for an answer that goes on: its bytes as they come. */
export async function open(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const response = await send('GET', path, { signal });
  if (response.ok && response.body) return response.body;
  throw failure(response, parse(await response.text()));
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (options.body !== undefined)
    headers.set(
      'content-type',
      typeof options.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    );
  if (options.ifMatch) headers.set('if-match', options.ifMatch);
  if (credentials.bearer) headers.set('authorization', `Bearer ${credentials.bearer}`);
  else if (credentials.csrf && method !== 'GET') headers.set('x-waymark-csrf', credentials.csrf);
  const body =
    options.body === undefined || typeof options.body === 'string'
      ? options.body
      : JSON.stringify(options.body);
  try {
    return await fetch(address(path, options.params), { method, headers, body, signal: options.signal });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable');
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

function failure(response: Response, told: unknown): ApiError {
  const error =
    (told as { error?: { code?: string; message?: string; hint?: string } } | undefined)?.error ?? {};
  if (response.status === 401 && error.code === 'not_signed_in') onSignedOut();
  return new ApiError(
    response.status,
    error.code ?? `status_${response.status}`,
    error.message ?? t.errors.status(response.status),
    error.hint,
    response.headers.get('x-request-id') ?? undefined,
    told,
  );
}

/** Whether it only says that nobody waits for the answer any more. */
export const isCancelled = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';
