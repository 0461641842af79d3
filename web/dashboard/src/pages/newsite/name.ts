// A host out of what people paste, and a site's name out of a host.

/** `https://www.Shop.example:8080/cart` → `www.shop.example`; nothing where there is none. */
export function hostOf(text: string): string {
  const trimmed = text.trim().toLowerCase();
  if (!trimmed) return '';
  try {
    return new URL(/^[a-z]+:\/\//.test(trimmed) ? trimmed : `http://${trimmed}`).hostname;
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
