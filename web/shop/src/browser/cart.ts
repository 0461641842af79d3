// The cart: what the button on a product's page puts into it, its page, and the number in the header.

import { price, value } from '../money';
import { cart, keepCart, pieces, sum, type Line } from './kept';
import { all, made, on, say, show } from './page';

const MOST = 9;

/** A number of pieces that somebody can mean. */
const pieced = (text: string): number => Math.min(MOST, Math.max(1, Math.round(Number(text)) || 1));

export const count = (): void => {
  const number = pieces(cart());
  say('[data-cart-count]', String(number));
  show('[data-cart-count]', number > 0);
};

const add = (line: Line): void => {
  const lines = cart();
  const known = lines.find(({ sku }) => sku === line.sku);
  if (known) known.quantity = Math.min(MOST, known.quantity + line.quantity);
  else lines.push(line);
  keepCart(lines);
  count();
};

/** The button says what it adds: its value is that of the number beside it. */
export const buying = (): void =>
  on<HTMLButtonElement>('[data-add]', (button) =>
    on<HTMLInputElement>('[data-quantity]', (quantity) => {
      const { sku = '', category = '', name = '' } = button.dataset;
      const cents = Number(button.dataset.price);
      const valued = (): void => {
        button.dataset.wmValue = value(cents * pieced(quantity.value));
      };
      quantity.addEventListener('input', valued);
      quantity.addEventListener('change', () => (quantity.value = String(pieced(quantity.value))));
      valued();
      button.addEventListener('click', () => {
        add({ sku, category, name, price: cents, quantity: pieced(quantity.value) });
        say('[data-added]', '');
        const link = made('a', 'Go to the cart');
        link.setAttribute('href', '/shop/cart');
        on('[data-added]', (status) => status.append('It is in your cart. ', link));
      });
    }),
  );

const picture = (sku: string): Node => {
  const template = document.getElementById(sku);
  return template instanceof HTMLTemplateElement ? template.content.cloneNode(true) : made('span');
};

const change = (sku: string, quantity: number): void => {
  const lines = cart().map((line) => (line.sku === sku ? { ...line, quantity } : line));
  keepCart(lines.filter((line) => line.quantity > 0));
  draw();
};

const row = (line: Line): HTMLElement => {
  const link = made('a', line.name);
  link.setAttribute('href', `/shop/p/${line.category}-${line.sku}`);
  const input = made('input') as HTMLInputElement;
  Object.assign(input, { type: 'number', min: '1', max: String(MOST), value: String(line.quantity) });
  input.setAttribute('aria-label', `How many: ${line.name}`);
  input.addEventListener('change', () => change(line.sku, pieced(input.value)));
  const remove = made('button', 'Remove');
  remove.className = 'plain';
  remove.setAttribute('aria-label', `Remove ${line.name}`);
  remove.addEventListener('click', () => change(line.sku, 0));
  const amount = made('span', price(line.price * line.quantity));
  amount.className = 'amount';
  const about = made('div', '', link, made('small', `${price(line.price)} each`), remove);
  return made('li', '', picture(line.sku), about, input, amount);
};

const draw = (): void => {
  const lines = cart();
  on('[data-cart]', (list) => list.replaceChildren(...lines.map(row)));
  say('[data-sum]', price(sum(lines)));
  show('[data-full]', lines.length > 0);
  show('[data-empty]', !lines.length);
  count();
};

/** The page of the cart. */
export const cartPage = (): void => {
  if (all('[data-cart]').length) draw();
};
