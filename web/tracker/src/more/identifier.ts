// The visitor's identifier on the device: one first-party cookie, from consent until 395 days later at most.

import { random, safely } from '../dom';
import type { Core } from '../lazy';
import type { Visitor } from '../visitor';
import { lies, listed } from './domains';
import type { Kept } from './kept';

const LIFE_MS = 395 * 864e5;

/** The cookie counts from the moment of consent, so that writing it again never makes it last longer. */
const write = ({ id, since }: Visitor, domain?: string): void => {
  document.cookie =
    `wm=${id}.${since};path=/;samesite=lax;expires=` +
    new Date(since + LIFE_MS).toUTCString() +
    (domain ? ';domain=' + domain : '') +
    (location.protocol == 'https:' ? ';secure' : '');
};

export const identifier = ({ options_, visitor_ }: Core, { restore, forget }: Kept) => {
  const domain = listed(options_.domain).find((domain) => lies(location.hostname, domain));
  let brought: Visitor | undefined;

  const take = (): void => {
    if (brought || !visitor_()) write(brought || { id: random(), since: Date.now() }, domain);
    restore();
  };

  if (visitor_()) safely(restore);
  return {
    /** What consent, or its refusal, comes to. */
    decide: (granted: boolean): void => {
      if (granted) take();
      else {
        const over = { id: '', since: -LIFE_MS };
        write(over);
        write(over, domain);
        forget();
      }
    },
    /** The identifier that the same person has on another of the site's hosts: used once there is consent here. */
    adopt: (visitor: Visitor): void => {
      brought = visitor;
      if (visitor_()) take();
    },
  };
};
