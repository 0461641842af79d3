// Plurals, lists, marked parts and the language of the catalogue.

import { render } from 'svelte/server';
import { expect, test } from 'vitest';
import Rich from '../components/Rich.svelte';
import { t } from '.';
import { counted, list, plural } from './intl';
import { language, locale } from './locale';

test('without a wish the language is English', () => {
  expect(language).toBe('en');
  expect(locale).toMatch(/^en\b/);
});

test('a word takes the form of its number', () => {
  const forms = { one: 'visitor', other: 'visitors' };
  expect([0, 1, 4504].map((n) => counted(n, forms))).toEqual(['0 visitors', '1 visitor', '4,504 visitors']);
  expect(plural(1, { other: 'all' })).toBe('all');
  expect(t.components.events.matched(1, 1)).toBe('1 event matches, 1 counted');
});

test('lists', () => {
  expect(list(['a', 'b', 'c'])).toMatch(/^a, b,? and c$/);
  expect(list(['a', 'b'], 'or')).toBe('a or b');
});

test('marked parts are drawn, and values are only ever text', () => {
  const drawn = (text: string, values?: Record<string, string>) =>
    render(Rich, { props: { text, values } }).body.replace(/<!--.*?-->/g, '');
  expect(drawn('See <b>all</b> of {goal}, <code>x</code>.', { goal: '<b>{goal}</b>' })).toBe(
    'See <b>all</b> of &lt;b>{goal}&lt;/b>, <code>x</code>.',
  );
  expect(drawn('{other}')).toBe('{other}');
});
