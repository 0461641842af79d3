// Who is there, as far as the person allows: nobody, or after consent the identifier in one cookie, which
// `more/identifier.ts` sets and removes.

import { safely } from './dom';

/** A random identifier, and when consent to it was given, in milliseconds since 1970. */
export interface Visitor {
  id: string;
  since: number;
}

const OPTED_OUT = 'wm.out';

const { globalPrivacyControl, doNotTrack } = navigator;
/** A signal of the browser, which stands above what the site says. */
const refused = globalPrivacyControl || doNotTrack == '1';

let denied = refused;

export const visitor = (): Visitor | undefined => {
  const [, id, since] = (!denied && /\bwm=(\w{32})\.(\d+)/.exec(document.cookie)) || [];
  return id ? { id, since: +since! } : undefined;
};

/** Takes effect at once; true if an identifier may now be stored. */
export const consent = (answer: string): boolean => !(denied = refused || answer != 'granted');

export let optedOut = false;
safely(() => (optedOut = OPTED_OUT in localStorage));

/** The one wish that is remembered without consent, because it could not be kept otherwise. */
export const opt = (way: string): void => {
  optedOut = way == 'out';
  if (optedOut) localStorage[OPTED_OUT] = 1;
  else delete localStorage[OPTED_OUT];
};
