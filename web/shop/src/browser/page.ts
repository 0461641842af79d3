// Small tools for what stands in a page.

/** All elements of the page that the selector finds. */
export const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];

/** The first element, and what is to be done with it if it is there. */
export const on = <E extends HTMLElement>(selector: string, work: (element: E) => void): void => {
  const element = document.querySelector<E>(selector);
  if (element) work(element);
};

/** Says the same text everywhere. */
export const say = (selector: string, text: string): void =>
  all(selector).forEach((element) => (element.textContent = text));

export const show = (selector: string, visible = true): void =>
  all(selector).forEach((element) => (element.hidden = !visible));

/** An element with this text and these children in it. */
export const made = (name: string, text = '', ...children: Node[]): HTMLElement => {
  const element = document.createElement(name);
  element.textContent = text;
  element.append(...children);
  return element;
};
