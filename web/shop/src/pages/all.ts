// All pages of the shop, by the file that they become; and the two papers.

import { CATEGORIES, PRODUCTS, pageOf, type Category } from '../catalogue';
import { brewingGuide, catalogue } from './papers';
import { category, home } from './list';
import { account, missing, notes } from './others';
import { product } from './product';
import { cart, checkout, details, thanks } from './purchase';

export const pages: [string, string][] = [
  ['index.html', home()],
  ...Object.keys(CATEGORIES).map((name): [string, string] => [`c/${name}.html`, category(name as Category)]),
  ...PRODUCTS.map((it): [string, string] => [`${pageOf(it).slice(1)}.html`, product(it)]),
  ['cart.html', cart()],
  ['checkout.html', checkout()],
  ['checkout/details.html', details()],
  ['thank-you.html', thanks()],
  ['account/new.html', account()],
  ...notes().map(([path, text]): [string, string] => [`${path}.html`, text]),
  ['missing.html', missing()],
  ['brewing-guide.pdf', brewingGuide()],
  ['catalogue.pdf', catalogue()],
];
