// The one-time token behind `#` of a link: never sent to a server as part of an address, and taken out of it at once.

export function takeToken(): string {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}
