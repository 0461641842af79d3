/** A property of an event. */
export type Property = string | number | boolean;

/** What goes with an event; every name but these three is a property. */
export interface Details {
  /** In major units: `'19.90 EUR'`, or a number beside `currency`. */
  value?: number | string;
  /** ISO 4217. */
  currency?: string;
  /** The order or transaction: what counts once, however often it is sent. */
  key?: string;
  [property: string]: Property | undefined;
}

/** A text as the second argument is the value of a setting; anything else belongs to an event. */
export interface Waymark {
  (setting: 'consent', answer: 'granted' | 'denied'): void;
  (setting: 'identify', user: string): void;
  (setting: 'opt', way: 'out' | 'in'): void;
  (name: string, details?: Details): void;
}

/** The attributes of the script's tag; `README.md` says what each is for. */
export interface Options {
  /** Where the script is: `https://stats.example/wm.js`. */
  src: string;
  site: string;
  endpoint?: string;
  auto?: string;
  consent?: 'granted' | 'denied';
  domain?: string;
  hash?: boolean;
  test?: boolean;
}

/** Tracks an event or changes a setting; before the script is there, that waits for it. */
export declare const waymark: Waymark;

/** Puts the script's tag into the page, where there is a page. */
export declare function load(options: Options): void;

declare global {
  interface Window {
    waymark: Waymark;
  }
}
