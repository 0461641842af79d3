// What people call things: names of elements, and texts no longer than they may be.

/** What its author calls the element. By attributes, as a form's properties may be its fields. */
export const called = (element: Element): string =>
  element.getAttribute('id') || element.getAttribute('name') || '';

/** The beginning of a text: so many characters, none of them cut in two. */
export const cut = (text: string, most: number): string => [...text].slice(0, most).join('');
