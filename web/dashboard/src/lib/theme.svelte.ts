// Light or dark: as the system says, until somebody switches.

export type Theme = 'system' | 'light' | 'dark';

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

  constructor() {
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.changes++);
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
    if (this.chosen === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.chosen;
    this.changes++;
  }
}

export const theme = new ThemeState();
