// What people are told when the API refuses: words by its code, and its own as a sentence where there are none here.

import type { ApiError } from '../api/client';
import { t } from '../text';
import { quoted, sentence } from './words';

export interface Told {
  what: string;
  /** What to do. */
  todo?: string;
}

const known: Record<string, Told | undefined> = t.errors.byCode;

type Said = { message: string; hint?: string };
type Refusal = Pick<ApiError, 'code' | 'message' | 'hint' | 'body'>;

const asSaid = ({ message, hint }: Said): Told => ({
  what: sentence(quoted(message)),
  ...(hint && { todo: sentence(quoted(hint)) }),
});

/** What is said about an error. Of definitions that are refused, everything that is wrong with them. */
export function told({ code, message, hint, body }: Refusal): Told {
  const wrong =
    code === 'definitions' && (body as { error?: { errors?: Said[] } } | undefined)?.error?.errors;
  if (wrong && wrong.length) return { what: wrong.map((one) => inOne(asSaid(one))).join(' ') };
  return known[code] ?? asSaid({ message, hint });
}

export const inOne = ({ what, todo }: Told) => [what, todo].filter(Boolean).join(' ');

/** Whether it is the server's fault: then the request's name helps whoever reads its log. */
export const isOurs = ({ status }: Pick<ApiError, 'status'>) => status >= 500;
