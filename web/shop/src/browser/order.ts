// From the cart to the order: the two pages of the checkout and the one that says thanks. Each says once it is loaded that it
// was reached; an order is reported under its own key, so that a page that is loaded again counts once.

import { waymark, type Details } from '@waymark/tracker';
import { price, value } from '../money';
import { count } from './cart';
import { cart, keepCart, keepOrder, keepRecipient, order, recipient, sum, type Line } from './kept';
import { made, on, say, show } from './page';

const EXAMPLE: Record<string, string> = {
  name: 'A. Customer',
  mail: 'customer@shop.example',
  street: '1 Harbour Street',
  postcode: '10115',
  city: 'Berlin',
};

/** What is told of a cart or an order: its worth, and what was put in first. */
const details = (lines: Line[]): Details => ({
  item: lines[0]!.sku,
  category: lines[0]!.category,
  value: value(sum(lines)),
});

const summary = (lines: Line[]): void => {
  const row = ({ name, quantity, price: each }: Line): HTMLElement =>
    made(
      'li',
      '',
      made('span', quantity > 1 ? `${quantity} × ${name}` : name),
      made('span', price(each * quantity)),
    );
  on('[data-lines]', (list) => list.replaceChildren(...lines.map(row)));
  say('[data-sum]', price(sum(lines)));
};

/** Shows a page of the checkout and reports it, if there is something to order. */
const reached = (event: string): boolean => {
  const lines = cart();
  show('[data-full]', lines.length > 0);
  show('[data-empty]', !lines.length);
  if (!lines.length) return false;
  summary(lines);
  waymark(event, details(lines));
  return true;
};

const field = (id: string): HTMLInputElement | null => document.querySelector<HTMLInputElement>(`#${id}`);

const address = (form: HTMLFormElement): void => {
  if (!reached('begin_checkout')) return;
  on('[data-example]', (button) =>
    button.addEventListener('click', () => {
      for (const [id, text] of Object.entries(EXAMPLE)) {
        const input = field(id);
        if (!input) continue;
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    }),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    keepRecipient(field('name')?.value ?? '');
    location.assign('/shop/checkout/details');
  });
};

/** A number for an order, told apart from all others by chance alone. */
const newKey = (): string => {
  const digits = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => (byte % 32).toString(32));
  return `LK-${digits.join('').toUpperCase()}`;
};

const placing = (form: HTMLFormElement): void => {
  if (!recipient() && cart().length) return location.replace('/shop/checkout');
  if (!reached('checkout_details')) return;
  say('[data-recipient]', recipient());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    keepOrder({ key: newKey(), recipient: recipient(), lines: cart() });
    keepCart([]);
    location.assign('/shop/thank-you');
  });
};

const thanking = (): void => {
  const placed = order();
  show('[data-thanks]', !!placed);
  show('[data-empty]', !placed);
  if (!placed) return;
  say('[data-key]', placed.key);
  say('[data-recipient]', placed.recipient && `, ${placed.recipient}`);
  summary(placed.lines);
  waymark('purchase', { ...details(placed.lines), key: placed.key });
  count();
};

export const ordering = (): void => {
  on<HTMLFormElement>('[data-address]', address);
  on<HTMLFormElement>('[data-order]', placing);
  on('[data-thanks]', thanking);
};
