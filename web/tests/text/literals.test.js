// Every text of the dashboard is in its catalogue (`dashboard/src/text`): no component and no module holds one. Svelte's
// parser reads both, the markup and the TypeScript.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';

const SOURCE = fileURLToPath(new URL('../../dashboard/src', import.meta.url));
const CATALOGUE = join('text', 'en');
/** Stands in the catalogue's file of an area that still has its texts in its components. */
const TO_DO = '// To do:';

/** Attributes, properties and parameters of components that people see or hear. */
const SHOWN = new Set(
  (
    'alt aria-description aria-label aria-roledescription aria-valuetext button caption empty error heading help ' +
    'hint label legend message more placeholder short summary tag title todo what'
  ).split(' '),
);
/** Attributes that may hold words, none of which is read. */
const UNREAD =
  /^(?:class|style|href|src|d|id|for|name|type|rel|viewBox|points|transform|autocomplete|data-.*)$/;

/** Strings that look like texts and are none. */
const ALLOWED = new Set([
  // The product's name, which no language changes.
  'Waymark',
  // The server's, by which the overview finds one of its warnings.
  'no change is shown',
  // Keys of the keyboard.
  ...['Enter', 'Escape', 'Tab', 'Home', 'End', 'Delete', 'Backspace'],
]);
const TECHNICAL = [
  // Code, configuration and commands to copy.
  /^(?:location \/|(?:0 3 \* \* \* )?waymark[ (]|window\.waymark=)/,
  // Credentials and types of a request, queries of media, selectors, fonts, lists of currencies.
  /^Bearer /,
  /^\w+\/[\w-]+; /,
  /^\(prefers-/,
  /^[.#[]|\[[\w-]+(?:[~^$*|]?=.*)?\]|^(?:button|dialog) \w+$/,
  /sans-serif/,
  /^[A-Z]{3}(?: [A-Z]{3})+$/,
];

const hasLetter = (text) => /\p{L}/u.test(text);
const isTechnical = (text) => ALLOWED.has(text.trim()) || TECHNICAL.some((known) => known.test(text));

/** Whether a string reads like a text: several words, words around a value, or one that begins with a capital. */
const isText = (text) =>
  !isTechnical(text) &&
  (/\p{L}{2}[,.:;!?…”’)]*\s+[“‘(]*\p{L}/u.test(text) ||
    /^[“(]?\p{Lu}\p{Ll}+[“”:.!?…)]*$/u.test(text) ||
    /(?:^|[\s“(])\p{L}{2,}[,.:;!?…”)]*\s+[“‘(]*\u0000|\u0000[”’),.:;]*\s+\p{L}{2,}(?:$|[\s,.:;!?…”)])/u.test(
      text,
    ));

/** A template's text, with a sign that no text has where its values stand. */
const templateText = ({ quasis }) => quasis.map(({ value }) => value.cooked ?? value.raw).join('\u0000');

const stringOf = (node) => {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral') return templateText(node);
  return undefined;
};

/** An attribute's own words, with the same sign for its values. */
const attributeText = ({ value }) =>
  Array.isArray(value) ? value.map((part) => (part.type === 'Text' ? part.data : '\u0000')).join('') : '';

const nameOf = (key) => (key?.type === 'Identifier' ? key.name : key?.value);

/** Whether what stands in `node` as `key` is shown, where `node` itself is or is not. */
function isShown(node, key, above, shown) {
  switch (node.type) {
    case 'ExpressionTag':
      return above.type === 'Fragment' || shown;
    case 'Attribute':
      return SHOWN.has(node.name);
    case 'Property':
      return key === 'value' && SHOWN.has(nameOf(node.key));
    case 'ConditionalExpression':
      return shown && key !== 'test';
    case 'BinaryExpression':
      return shown && node.operator === '+';
    default:
      return shown && /^(?:LogicalExpression|TemplateLiteral|TS\w+Expression)$/.test(node.type);
  }
}

/** A node's own text, if it is one; all of it where it is shown, what reads like one elsewhere. */
function ownText(node, above, shown) {
  const isOne = (text, shown) => (shown ? hasLetter(text) && !isTechnical(text) : isText(text));
  if (node.type === 'Text') return above.type === 'Fragment' && isOne(node.data, true) ? node.data : '';
  const isAttribute = node.type === 'Attribute';
  const text = (isAttribute ? attributeText(node) : stringOf(node)) ?? '';
  return isOne(text, isAttribute ? SHOWN.has(node.name) : shown) ? text : '';
}

/** What is neither shown nor read: types, imports, styles, attributes that hold no words. */
const isUnread = ({ type, name }) =>
  /^(?:TS(?!\w+Expression|ParameterProperty)|Import|StyleSheet|StyleDirective|Comment)/.test(type) ||
  (type === 'Attribute' && UNREAD.test(name));

/** The texts in a tree of Svelte's parser, as `[text, offset]`. */
function* texts(node, above = {}, shown = false) {
  if (!node?.type || isUnread(node)) return;
  const own = ownText(node, above, shown);
  if (own) yield [own, node.start];
  for (const [key, below] of Object.entries(node))
    if (!['metadata', 'loc', 'leadingComments', 'trailingComments'].includes(key))
      for (const one of Array.isArray(below) ? below : [below])
        yield* texts(one, node, isShown(node, key, above, shown));
}

/** The texts in a file, as `line: text`. */
function literals(file, source) {
  const wrapped = file.endsWith('.ts')
    ? `<script lang="ts">${source.replaceAll('override ', '')}</script>`
    : source;
  const tree = parse(wrapped, { modern: true });
  const found = new Map();
  for (const part of [tree.fragment, tree.instance?.content, tree.module?.content])
    for (const [text, offset] of texts(part)) found.set(offset, text);
  return [...found].map(([offset, text]) => {
    const line = wrapped.slice(0, offset).split('\n').length;
    return `${line}: ${text.replaceAll('\u0000', '…').replace(/\s+/g, ' ').trim()}`;
  });
}

/** The area of a file: its folder, of pages the page's. */
const areaOf = (path) => basename(dirname(path));

const files = (await readdir(SOURCE, { recursive: true }))
  .filter((path) => /\.(?:svelte|ts)$/.test(path) && !/\.test\.ts$|^text\b|^api.schema\.ts$/.test(path))
  .sort();
const found = new Map();
for (const path of files) {
  const some = literals(path, await readFile(join(SOURCE, path), 'utf8'));
  if (some.length) found.set(path, some);
}

const toDo = [];
for (const path of await readdir(join(SOURCE, CATALOGUE)))
  if ((await readFile(join(SOURCE, CATALOGUE, path), 'utf8')).includes(TO_DO))
    toDo.push(basename(path, '.ts'));

test('what is a text', () => {
  const check = (source, expected) => assert.deepEqual(literals('x.svelte', source), expected);
  check('<p>Hello</p>', ['1: Hello']);
  check('<p>{t.hello} · <b>{name}</b> ✕</p>', []);
  check('<p title="now" class="two words">{x ? "one thing" : "2"}</p>', ['1: now', '1: one thing']);
  check('<Field label="From" kind="plain" note="See here" />', ['1: From', '1: See here']);
  check('<p>{`${a} of ${b}`}{a ? "yes" : f("no")}</p>', ['1: … of …', '1: yes']);
  check('<p style:width="{x}px" id="{a}-{b}">{`${a} ${b}`}</p>', []);
  check(
    '<script lang="ts">type A = "two words"; const a = [{ label: "now" }, "Copied", "copied"];</script>',
    ['1: now', '1: Copied'],
  );
});

test('no component and no module holds a text', () => {
  const wrong = [...found].filter(([path]) => !toDo.includes(areaOf(path)));
  const lines = wrong.flatMap(([path, some]) => some.map((one) => `${path}:${one}`));
  assert.ok(!lines.length, `move to the catalogue (dashboard/README.md, “Texts”):\n${lines.join('\n')}`);
});

test('what is to do is still to do', () => {
  const areas = new Set([...found.keys()].map(areaOf));
  const done = toDo.filter((area) => !areas.has(area));
  assert.deepEqual(
    done,
    [],
    `take “${TO_DO}” out of these files of ${relative('.', join(SOURCE, CATALOGUE))}`,
  );
});
