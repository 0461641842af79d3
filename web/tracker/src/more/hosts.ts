// A site on several hosts: with consent, links from one to another take the identifier along, for two minutes, so that
// a link passed on to somebody else does not make two people one.

import { linkIn, listen } from '../dom';
import type { Core } from '../lazy';
import type { Visitor } from '../visitor';
import { lies, listed } from './domains';

const PARAMETER = /([?&])_wm=(\w{32})\.(\d+)\.(\d+)&?/;
const VALID_MS = 12e4;

/** Reads the identifier that a link brought, and takes it out of the address before that is recorded. */
const arrive = (adopt: (visitor: Visitor) => void): void => {
  const [, , id, since, sent] = PARAMETER.exec(location.search) || [];
  if (!id) return;
  const search = location.search.replace(PARAMETER, '$1').replace(/[?&]$/, '');
  history.replaceState(history.state, '', location.pathname + search + location.hash);
  const age = Date.now() - +sent!;
  if (age >= 0 && age < VALID_MS && +since! <= +sent!) adopt({ id, since: +since! });
};

export const hosts = ({ options_, visitor_ }: Core, adopt: (visitor: Visitor) => void): void => {
  // Hosts under the cookie's own domain have the cookie anyway.
  const others = listed(options_.domain).filter((domain) => !lies(location.hostname, domain));
  if (!others.length) return;
  arrive(adopt);
  listen('click auxclick', (_, path) => {
    const link = linkIn(path);
    const visitor = visitor_();
    if (!link || !visitor || !others.some((domain) => lies(link.hostname, domain))) return;
    const written = link.getAttribute('href')!;
    const [address, ...fragment] = link.href.split('#');
    const joint = address!.includes('?') ? '&' : '?';
    const brought = `${joint}_wm=${visitor.id}.${visitor.since}.${Date.now()}`;
    link.href = [address + brought, ...fragment].join('#');
    setTimeout(() => link.setAttribute('href', written), 0);
  });
};
