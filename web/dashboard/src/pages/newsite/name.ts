// A host out of what people paste, and a site's name out of a host.

/** A name of a host as browsers write it: labels with dots between them, or an address of version 6. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/;

/** `https://www.Shop.example:8080/cart` → `www.shop.example`; nothing where there is none. */
export function hostOf(text: string): string {
  const trimmed = text.trim().toLowerCase();
  if (!trimmed) return '';
  try {
    const { hostname } = new URL(/^[a-z]+:\/\//.test(trimmed) ? trimmed : `http://${trimmed}`);
    // Some browsers take anything for a host, and escape what is none.
    return HOST.test(hostname) ? hostname : '';
  } catch {
    return '';
  }
}

/** `www.shop.example` → `shop`: small letters, digits, `-` and `_`, at most 64. */
export function nameOf(host: string): string {
  const labels = host.replace(/^www\./, '').split('.');
  const isNumber = /^[\d.]+$|:/.test(host);
  const text = isNumber ? 'site' : labels[0]!;
  return text
    .replace(/[^a-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 64);
}
