// Who is there, as far as the person allows: nobody, or after consent the identifier in one cookie, which
// `more/identifier.ts` sets and removes.

import { safely } from './dom';

/** A random identifier, and when consent to it was given, in milliseconds since 1970. */
export interface Visitor {
  id: string;
  since: number;
}

const OPTED_OUT = 'wm.out';

/** A signal of the browser, which stands above what the site says. */
const refused = navigator.globalPrivacyControl || navigator.doNotTrack == (1 as any);

let denied = refused;

/** Sandboxed frames have neither cookies nor storage. */
const cookies = () => safely(() => document.cookie) as string;

export const visitor = (): Visitor | undefined => {
  const [, id, since] = (!denied && /\bwm=(\w{32})\.(\d+)/.exec(cookies())) || [];
  return (id && { id, since: +since! }) as Visitor | undefined;
};

/** Takes effect at once; true if an identifier may now be stored. */
export const consent = (answer: string): boolean => !(denied = refused || answer != 'granted');

export let optedOut: unknown = safely(() => localStorage[OPTED_OUT]);

/** The one wish that is remembered without consent, because it could not be kept otherwise. */
export const opt = (way: string): unknown =>
  (optedOut = way == 'out') ? (localStorage[OPTED_OUT] = 1) : delete localStorage[OPTED_OUT];
