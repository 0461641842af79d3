// The two papers: what stands in them.

import { CATEGORIES, PRODUCTS } from '../catalogue';
import { price } from '../money';
import { pdf, type Line } from '../pdf';

const FOOT = 'Little Kettle is the storefront of a demonstration: nothing in it can be bought.';

const text = (text: string): Line => ({ text, size: 11 });
const title = (text: string): Line => ({ text, size: 24, before: 10, bold: true });
const heading = (text: string): Line => ({ text, size: 13, before: 14, bold: true });

/** How much, how hot, how long. */
export const brewingGuide = (): string =>
  pdf([
    title('The brewing guide'),
    text('How much, how hot, how long. Begin with these, then go by taste.'),
    heading('Filter'),
    text('60 g of coffee to a litre of water. 92 to 96 °C. Three minutes.'),
    heading('Moka pot'),
    text('Fill the sieve without pressing. Hot water below. Off the hob when it sings.'),
    heading('Press'),
    text('65 g to a litre, coarse. Four minutes, then press slowly.'),
    heading('Oolong'),
    text('5 g to a small pot. 90 °C. 45 seconds, and 15 more with each infusion.'),
    heading('Black tea'),
    text('10 g to a litre. 85 to 100 °C. Three minutes.'),
    heading('If it tastes sour'),
    text('Grind finer, pour hotter, wait longer. One of them at a time.'),
    heading('If it tastes bitter'),
    text('The other way round.'),
    { text: FOOT, size: 9, before: 28 },
  ]);

/** All products with their prices. */
export const catalogue = (): string =>
  pdf([
    title('Catalogue'),
    ...Object.entries(CATEGORIES).flatMap(([name, heading]) => [
      { text: heading, size: 11, before: 7, bold: true },
      ...PRODUCTS.filter(({ category }) => category === name).map((product) => ({
        text: `${product.name}, ${price(product.price)}`,
        size: 10,
      })),
    ]),
    { text: FOOT, size: 9, before: 16 },
  ]);
