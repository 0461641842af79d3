// Amounts in cents of EUR, as people read them and as the browser script takes them.

const READABLE = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** `€44.90` */
export const price = (cents: number): string => READABLE.format(cents / 100);

/** `44.90 EUR` */
export const value = (cents: number): string => `${(cents / 100).toFixed(2)} EUR`;
