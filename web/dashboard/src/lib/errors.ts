// What people are told when the API refuses: words by its code, and its own as a sentence where there are none here.

import type { ApiError } from '../api/client';
import { quoted, sentence } from './words';

export interface Told {
  what: string;
  /** What to do. */
  todo?: string;
}

const AGAIN = 'Load the page again, then make your change.';

const WORDS: Record<string, Told> = {
  wrong_credentials: { what: 'Wrong e-mail or password.' },
  wrong_code: { what: 'This code is wrong, or was used before.', todo: 'Wait for the next one.' },
  bad_link: { what: 'This link was used already, is too old, or is incomplete.', todo: 'Ask for a new one.' },
  bad_email: { what: 'This is not a valid e-mail address.' },
  not_signed_in: { what: 'You are signed out.', todo: 'Sign in again.' },
  role_too_small: { what: 'Your role does not allow this.', todo: 'Ask an owner of the site.' },
  csrf: { what: 'This page is too old to make changes.', todo: AGAIN },
  unknown_site: {
    what: 'There is no such site, or you have no access to it.',
    todo: 'Choose another site.',
  },
  account_exists: { what: 'There is already an account with this e-mail address.' },
  site_exists: { what: 'There is already a site with this name.', todo: 'Choose another name.' },
  bad_timezone: {
    what: 'There is no such time zone.',
    todo: 'Choose one of the list, such as Europe/Berlin.',
  },
  changed_meanwhile: {
    what: 'Somebody else has changed this in the meantime. Nothing was saved.',
    todo: AGAIN,
  },
  last_owner: {
    what: 'Somebody has to own all sites. Nothing was changed.',
    todo: 'Make somebody else an owner of all sites first.',
  },
};

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
  return WORDS[code] ?? asSaid({ message, hint });
}

export const inOne = ({ what, todo }: Told) => [what, todo].filter(Boolean).join(' ');

/** Whether it is the server's fault: then the request's name helps whoever reads its log. */
export const isOurs = ({ status }: Pick<ApiError, 'status'>) => status >= 500;
