// When a key or a link ends: a few choices, as the API wants them.

export type Expiry = 'never' | '7' | '30' | '90' | '365';

export const EXPIRIES: { value: Expiry; label: string }[] = [
  { value: '7', label: 'in a week' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'when it is revoked' },
];

const DAY_MS = 86_400_000;

/** The moment, RFC 3339; nothing for never. */
export const endOf = (expiry: Expiry, now = Date.now()): { expires?: string } =>
  expiry === 'never' ? {} : { expires: new Date(now + Number(expiry) * DAY_MS).toISOString() };
