// Where focus goes when what had it is removed. It knows no component.

import { tick } from 'svelte';

/**
 * Moves focus, once the page is drawn again, to the element that took the place `at` among those that the selector
 * finds, or to the last of them.
 */
export async function focusInstead(root: ParentNode | null | undefined, selector: string, at = 0) {
  await tick();
  const found = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])];
  (found[at] ?? found.at(-1))?.focus();
}
