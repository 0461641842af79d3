// The language of the dashboard, chosen once at the start, and the reader's regional form of it. It knows no text.

/** Languages that have a catalogue, each with the region whose numbers and dates it uses when the reader names none. */
const REGIONS = { en: 'en-GB' } as const;

export type Language = keyof typeof REGIONS;

const wanted: readonly string[] = globalThis.navigator?.languages ?? [];

const languageOf = (locale: string) => {
  const [language = ''] = locale.toLowerCase().split('-');
  return language in REGIONS ? (language as Language) : undefined;
};

/** The first of the reader's languages that has a catalogue. */
export const language: Language = wanted.map(languageOf).find((known) => !!known) ?? 'en';

/** What `Intl` is given everywhere. */
export const locale: string = wanted.find((one) => languageOf(one) === language) ?? REGIONS[language];
