// What a form looks like at a moment: whether anything is in its fields, and whether the page marks something as wrong. What is
// entered is looked at for being there, and goes nowhere.

type Field = HTMLInputElement;

const TEXTS = /^(text|email|tel|url|search|password|number|date|datetime-local|month|week|time|textarea)$/;
const MARKS = '[class*=error i],[class*=invalid i]';

const shown = (element: Element): boolean => element.getClientRects().length > 0;

/** The form's fields; a field that is called `elements` stands in front of the form's own property. */
const fields = (form: HTMLFormElement): Field[] =>
  [...Reflect.get(HTMLFormElement.prototype, 'elements', form)] as Field[];

/** Fields of text that a person can see and fill in. */
const texts = (form: HTMLFormElement): Field[] =>
  fields(form).filter(
    (field) => TEXTS.test(field.type) && !field.disabled && !field.readOnly && shown(field),
  );

const isChosen = ({ type, checked, files }: Field): boolean =>
  type == 'file' ? files!.length > 0 : (type == 'checkbox' || type == 'radio') && checked;

/** Whether a person can enter something in it. */
export const hasFields = (form: HTMLFormElement): boolean =>
  fields(form).some(({ type }) => !/^(hidden|submit|button|reset|image|fieldset|output)$/.test(type));

/** Whether it has fields of text, all of them empty, and nothing is chosen. */
const isBlank = (form: HTMLFormElement): boolean => {
  const empty = texts(form).map(({ value }) => !value.trim());
  return empty.length > 0 && empty.every(Boolean) && !fields(form).some(isChosen);
};

/** How much in it looks like a message about a mistake. */
const marks = (form: HTMLFormElement): number =>
  [...form.querySelectorAll(MARKS)].filter(
    (element) => shown(element) && ('value' in element || element.textContent!.trim()),
  ).length;

/** The innermost element that has the focus. */
const focused = (): Element | null => {
  let element = document.activeElement;
  while (element && element.shadowRoot && element.shadowRoot.activeElement)
    element = element.shadowRoot.activeElement;
  return element;
};

/** What is looked at before the page hears of a submission … */
export const look = (form: HTMLFormElement) => ({
  isShown: shown(form),
  isBlank: isBlank(form),
  isInvalid: !!form.querySelector(':invalid'),
  marks: marks(form),
  focus: focused(),
});
export type Look = ReturnType<typeof look>;

/** … and what the page then made of it: the form has served when it is gone or empty. */
export const hasServed = (form: HTMLFormElement, before: Look): boolean =>
  (before.isShown && !shown(form)) || (!before.isBlank && isBlank(form));

/** Or the page found something wrong: it says so, or leads the person back to a field. `usual` is how many marks are always there. */
export const isFaulty = (form: HTMLFormElement, before: Look, usual: number): boolean => {
  const focus = focused();
  return (
    before.isInvalid ||
    fields(form).some(({ validity }) => validity && validity.customError) ||
    !!form.querySelector('[aria-invalid=true]') ||
    marks(form) > usual ||
    (focus != before.focus && texts(form).includes(focus as Field))
  );
};
