// Text becomes HTML: what is put into it is escaped, unless it is HTML already.

/** A piece of HTML. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Value = Html | string | number | false | undefined | Value[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const inserted = (value: Value): string => {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(inserted).join('');
  if (value === undefined || value === false) return '';
  return String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
};

/** A template of HTML; lists are joined, and `false` and `undefined` are nothing. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(parts.reduce((text, part, at) => text + inserted(values[at - 1]) + part));

/** HTML that was written elsewhere, such as a drawing. */
export const raw = (text: string): Html => new Html(text);
