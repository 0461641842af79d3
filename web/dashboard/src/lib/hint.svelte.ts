// What an element says more when it is pointed at or focused. One at a time; `Hint.svelte` draws it, Escape closes it.

import type { Attachment } from 'svelte/attachments';

export interface Shown {
  lines: string[];
  box: DOMRect;
  owner: Element;
}

class HintState {
  shown = $state.raw<Shown | null>(null);
  #closing: ReturnType<typeof setTimeout> | undefined;

  show(owner: Element, lines: string[]) {
    this.keep();
    if (lines.length) this.shown = { lines, box: owner.getBoundingClientRect(), owner };
  }

  /** Closes soon, unless the pointer moves on to the hint itself. */
  leave() {
    this.keep();
    this.#closing = setTimeout(() => this.close(), 120);
  }

  keep() {
    clearTimeout(this.#closing);
  }

  close() {
    this.keep();
    this.shown = null;
  }
}

export const hint = new HintState();

/** Makes an element say more on hover and focus. The words should also be in its name: a hint is not read aloud. */
export const hints =
  (lines: () => string[]): Attachment<Element> =>
  (element) => {
    const show = () => hint.show(element, lines());
    const leave = () => hint.leave();
    const on = { pointerenter: show, pointerleave: leave, focus: show, blur: leave };
    for (const [name, run] of Object.entries(on)) element.addEventListener(name, run);
    return () => {
      for (const [name, run] of Object.entries(on)) element.removeEventListener(name, run);
      if (hint.shown?.owner === element) hint.close();
    };
  };
