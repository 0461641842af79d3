// The filters of a list of products: which are shown, and in which order. The choice stands in the address.

import { all, on, say } from './page';

interface Choice {
  drink: string;
  price: string;
  sort: string;
}

const NAMES = ['drink', 'price', 'sort'] as const;

const controls = (): (HTMLInputElement | HTMLSelectElement)[] =>
  all('[data-filters] :is(input, select)') as (HTMLInputElement | HTMLSelectElement)[];

const chosen = (): Choice => {
  const choice: Choice = { drink: '', price: '', sort: '' };
  for (const control of controls()) {
    if (control instanceof HTMLSelectElement || control.checked)
      choice[control.name as keyof Choice] = control.value;
  }
  return choice;
};

/** Chooses what the address asks for, as far as there is such a choice. */
const choose = (asked: URLSearchParams): void => {
  for (const control of controls()) {
    const value = asked.get(control.name) ?? '';
    if (control instanceof HTMLSelectElement) {
      control.value = value;
      if (control.selectedIndex < 0) control.selectedIndex = 0;
    } else if (control.value === value) control.checked = true;
  }
};

const fits = ({ dataset }: HTMLElement, { drink, price }: Choice): boolean => {
  const cents = Number(dataset.price);
  const [from, to] = price.split('-').map(Number);
  const cheap = !price || (cents >= from! && cents < (to || Infinity));
  return cheap && (!drink || dataset.drink === drink || dataset.drink === 'both');
};

const apply = (grid: HTMLElement, cards: HTMLElement[]): void => {
  const choice = chosen();
  const found = cards.filter((card) => fits(card, choice));
  const way = choice.sort === 'down' ? -1 : 1;
  const price = (card: HTMLElement): number => Number(card.dataset.price);
  if (choice.sort) found.sort((a, b) => way * (price(a) - price(b)));
  grid.replaceChildren(...found);
  say('[data-found]', found.length === 1 ? '1 product' : `${found.length} products`);
};

const remember = (): void => {
  const url = new URL(location.href);
  for (const name of NAMES) {
    const value = chosen()[name];
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(null, '', url);
};

export const list = (): void =>
  on('[data-filters]', (filters) =>
    on('[data-grid]', (grid) => {
      const cards = [...grid.children] as HTMLElement[];
      choose(new URLSearchParams(location.search));
      filters.addEventListener('change', () => {
        apply(grid, cards);
        remember();
      });
      apply(grid, cards);
    }),
  );
