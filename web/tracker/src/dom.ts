// Small tools for a page that is not ours: nothing in them throws into it. Without state, so that both files have them.

/** Does the work; an error in it ends here, an event may be lost, and the site goes on. */
export const safely = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch (_) {}
};

/** What an event passed: the innermost element first, through open shadow roots and slots. */
export type Path = HTMLElement[];

/** Hears events of these types, separated by spaces, anywhere in the page and before the page itself does. */
export const listen = <E extends Event>(types: string, hear: (event: E, path: Path) => unknown): void =>
  types
    .split(' ')
    .forEach((type) =>
      addEventListener(type, (event) => safely(() => hear(event as E, event.composedPath() as Path)), true),
    );

/** The link in it, that of an image map too. */
export const linkIn = (path: Path): HTMLAnchorElement | undefined =>
  (path as HTMLAnchorElement[]).find(({ href }) => href);

const hex = (byte: number): string => (byte + 256).toString(16).slice(1);

/** 128 random bits in hexadecimal; `crypto.randomUUID` would need https. */
export const random = (): string =>
  crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + hex(byte), '');

/**
 * The value as JSON, empty if it has none. Made by hand, because pages change how browsers make it: Prototype.js has lists
 * say that they are texts.
 */
export const json = (value: any): any =>
  typeof value == 'string'
    ? '"' + value.replace(/["\\\0-\x1f]/g, (char: any) => '\\u00' + hex(char.charCodeAt())) + '"'
    : Array.isArray(value)
      ? '[' + value.map(json) + ']'
      : value && typeof value == 'object'
        ? '{' +
          Object.keys(value).flatMap((key) => {
            const text = json(value[key]);
            return text ? json(key) + ':' + text : [];
          }) +
          '}'
        : // A number that is one, a flag, `null`.
          value - value == 0 && value + '';
