import { expect, test } from 'vitest';
import { KEPT, Tail } from './tail.svelte';

const event = (name: string) => ({
  time: 0,
  name,
  host: '',
  path: '/',
  channel: '',
  country: '',
  device: '',
});
const names = (tail: Tail) => tail.shown.map(({ name }) => name);

test('the newest is first, and the list is bounded', () => {
  const tail = new Tail();
  for (let at = 0; at < KEPT + 5; at++) tail.take(event(`e${at}`));
  expect(tail.shown).toHaveLength(KEPT);
  expect(tail.shown[0]!.name).toBe(`e${KEPT + 4}`);
});

test('nothing moves while paused, and nothing of it is lost', () => {
  const tail = new Tail();
  tail.take(event('a'));
  tail.toggle();
  tail.take(event('b'));
  tail.take(event('c'));
  expect(names(tail)).toEqual(['a']);
  expect(tail.waiting).toBe(2);
  tail.toggle();
  expect(names(tail)).toEqual(['c', 'b', 'a']);
  expect(tail.waiting).toBe(0);
});

test('screen readers are told how many came, once', () => {
  const tail = new Tail();
  tail.take(event('a'));
  tail.take(event('b'));
  tail.speak();
  expect(tail.spoken).toBe('2 new events.');
  tail.speak();
  expect(tail.spoken).toBe('');
});
