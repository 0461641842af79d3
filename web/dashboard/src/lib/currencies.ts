// How many decimals the amounts of a currency are kept with: those of ISO 4217, as the server keeps them. `Intl` follows
// usage instead, which has fewer for some. It knows no form of numbers.

/** Currencies whose minor unit is not a hundredth, by their number of decimals. */
const DECIMALS: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const known = new Map(
  Object.entries(DECIMALS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
);

/** Digits after the point of a currency, by its code; 2 for codes that the standard does not single out. */
export const decimals = (currency: string) => known.get(currency) ?? 2;
