// Small tools for a page that is not ours: nothing in them throws into it. Without state, so that both files have them.

/** Does the work; an error in it ends here, an event may be lost, and the site goes on. */
export const safely = (work: () => void): void => {
  try {
    work();
  } catch (_) {}
};

/** Hears events of these types, separated by spaces, anywhere in the page and before the page itself does. */
export const listen = <E extends Event>(types: string, hear: (event: E) => void): void =>
  types.split(' ').forEach((type) => addEventListener(type, (event) => safely(() => hear(event as E)), true));

/** 128 random bits in hexadecimal; `crypto.randomUUID` would need https. */
export const random = (): string =>
  crypto
    .getRandomValues(new Uint8Array(16))
    .reduce((text, byte) => text + (byte + 256).toString(16).slice(1), '');

/** What its author calls the element. By attributes, as a form's properties may be its fields. */
export const called = (element: Element): string =>
  element.getAttribute('id') || element.getAttribute('name') || '';
