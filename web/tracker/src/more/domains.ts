// The site's hosts, and which others lie in them.

/** A host as browsers write it. */
const written = (host: string): string => {
  try {
    return new URL('http://' + host.replace(/^\.+/, '')).hostname;
  } catch (_) {
    return '';
  }
};

/** The hosts that `data-domain` lists. */
export const listed = (domain: string | undefined): string[] =>
  (domain || '').split(/\s+/).map(written).filter(Boolean);

/** Whether the host is the domain or lies in it: `myshop.example` does not lie in `shop.example`. */
export const lies = (host: string, domain: string): boolean => ('.' + host).endsWith('.' + domain);
