// The filters of a list of products: which are shown, and in which order. The choice stands in the address.

import { all, on, say, show } from './page';

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

const choose = (choice: Choice): void => {
  for (const control of controls()) {
    const value = choice[control.name as keyof Choice];
    if (control instanceof HTMLSelectElement) control.value = value;
    else control.checked = control.value === value;
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
  show('[data-none]', !found.length);
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
      const asked = new URLSearchParams(location.search);
      const value = (name: string): string => asked.get(name) ?? '';
      choose({ drink: value('drink'), price: value('price'), sort: value('sort') });
      const changed = (): void => {
        apply(grid, cards);
        remember();
      };
      filters.addEventListener('change', changed);
      on('[data-reset]', (button) =>
        button.addEventListener('click', () => {
          choose({ drink: '', price: '', sort: '' });
          changed();
        }),
      );
      apply(grid, cards);
    }),
  );
