// Short messages that come and go: what was done, or what went wrong. Errors stay until they are closed.

import { quoted } from './words';

export interface Toast {
  id: number;
  text: string;
  kind: 'done' | 'error';
}

const LASTS_MS = 6000;

class Toasts {
  shown = $state<Toast[]>([]);
  #last = 0;

  done(text: string) {
    const id = this.#add(text, 'done');
    setTimeout(() => this.close(id), LASTS_MS);
  }

  error(error: unknown) {
    const { message, hint } = error as { message?: string; hint?: string };
    this.#add(quoted([message ?? String(error), hint].filter(Boolean).join(' ')), 'error');
  }

  close(id: number) {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  #add(text: string, kind: Toast['kind']) {
    const id = ++this.#last;
    this.shown = [...this.shown, { id, text, kind }].slice(-4);
    return id;
  }
}

export const toasts = new Toasts();
