// Light or dark: as the system says, until somebody switches. On paper it is light.

import { flushSync } from 'svelte';

export type Theme = 'system' | 'light' | 'dark';

/** How wide charts are drawn for paper, in pixels: what fits A4 and Letter upright. Styles scale them to the page. */
export const PAPER_PX = 640;

const KEY = 'waymark.theme';
const THEMES: Theme[] = ['system', 'light', 'dark'];

const kept = (): Theme => {
  const value = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === value) ?? 'system';
};

class ThemeState {
  chosen = $state<Theme>(kept());
  /** Counts changes of any cause, for what is drawn on a canvas. */
  changes = $state(0);
  /** The page is being printed: always light, and as wide as paper. */
  printing = $state(false);

  constructor() {
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.changes++);
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
  }

  choose(theme: Theme) {
    this.chosen = theme;
    localStorage.setItem(KEY, theme);
    this.#apply();
  }

  next() {
    this.choose(THEMES[(THEMES.indexOf(this.chosen) + 1) % THEMES.length]!);
  }

  #apply() {
    const root = document.documentElement;
    const shown = this.printing ? 'light' : this.chosen;
    if (shown === 'system') delete root.dataset.theme;
    else root.dataset.theme = shown;
    this.changes++;
  }

  /** At once: the browser lays the page out for paper when the event is over. */
  #print(printing: boolean) {
    flushSync(() => {
      this.printing = printing;
      this.#apply();
    });
  }
}

export const theme = new ThemeState();
