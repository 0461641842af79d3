// A list part by part: in order, each once, and nothing of another list.

import { expect, test } from 'vitest';
import { Further } from './further.svelte';

test('parts follow each other, one at a time', async () => {
  const asked: string[] = [];
  const further = new Further({ value: { next: 'a' }, loading: false }, async (after) => {
    asked.push(after);
    return { items: [`after ${after}`], next: after === 'a' ? 'b' : null };
  });
  expect(further.next).toBe('a');
  await Promise.all([further.more(), further.more()]);
  expect([asked, further.items, further.next, further.busy]).toEqual([['a'], ['after a'], 'b', false]);
  await further.more();
  await further.more();
  expect([asked, further.items, further.next]).toEqual([['a', 'b'], ['after a', 'after b'], null]);
});

test('a part that comes late does not join another list', async () => {
  const first = { value: { next: 'a' }, loading: false };
  const further = new Further<string>(first, async () => {
    first.value = { next: 'other' };
    return { items: ['late'], next: null };
  });
  await further.more();
  expect([further.items, further.next]).toEqual([[], 'other']);
  first.loading = true;
  await further.more();
  expect(first.value).toEqual({ next: 'other' });
});
