// Keys that do something anywhere: one table that both runs them and lists them (`?`).

export interface Shortcut {
  /** One key, or two in a row, such as `g o`. */
  keys: string;
  label: string;
  run: () => void;
}

const ROW_MS = 1200;

class Shortcuts {
  all = $state.raw<Shortcut[]>([]);
  #before: { key: string; at: number } | null = null;

  /** Adds some for as long as a component is there; gives what takes them away. */
  add(some: Shortcut[]) {
    this.all = [...this.all, ...some];
    return () => {
      this.all = this.all.filter((one) => !some.includes(one));
    };
  }

  pressed(event: KeyboardEvent) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      return;
    const { key } = event;
    const row =
      this.#before && event.timeStamp - this.#before.at < ROW_MS ? `${this.#before.key} ${key}` : null;
    const found = this.all.find(({ keys }) => keys === row) ?? this.all.find(({ keys }) => keys === key);
    this.#before = found ? null : { key, at: event.timeStamp };
    if (!found) return;
    event.preventDefault();
    found.run();
  }
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    !!target.closest('dialog'));

export const shortcuts = new Shortcuts();
