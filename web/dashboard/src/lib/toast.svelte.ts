// Short messages that come and go: what was done, or what went wrong. Errors stay until they are closed.

import { ApiError } from '../api/client';
import { inOne, told } from './errors';
import { sentence } from './words';

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
    const { message } = error as Partial<Error>;
    this.#add(error instanceof ApiError ? inOne(told(error)) : sentence(message ?? String(error)), 'error');
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
