// When a key or a link expires: a few choices, as the API wants them.

import { t } from '../../text';

export type Expiry = 'never' | '7' | '30' | '90' | '365';

const LENGTHS: Expiry[] = ['7', '30', '90', '365', 'never'];
export const EXPIRIES = LENGTHS.map((value) => ({ value, label: t.settings.expiry.choices[value] }));

const DAY_MS = 86_400_000;

/** The moment, RFC 3339; nothing for never. */
export const endOf = (expiry: Expiry, now = Date.now()): { expires?: string } =>
  expiry === 'never' ? {} : { expires: new Date(now + Number(expiry) * DAY_MS).toISOString() };
