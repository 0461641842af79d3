// Which funnel is looked at, and what it would become: all of it in the address, so that a draft is a link too.

import type { FunnelForm } from '../../api/definitions';
import { router } from '../../lib/router.svelte';
import { readDraft, writeDraft, wrong, type Draft } from './draft';

const PAUSE_MS = 350;

function readForm(text: string | null): FunnelForm | null {
  if (!text) return null;
  try {
    const form = JSON.parse(text) as FunnelForm;
    return Array.isArray(form.steps) && form.steps.every((step) => step !== null) ? form : null;
  } catch {
    return null;
  }
}

export class Edited {
  /** The saved funnel's name; empty for one that is not saved. */
  readonly name = $derived(router.url.searchParams.get('funnel') ?? '');
  readonly #text = $derived(router.url.searchParams.get('draft'));
  /** What is asked while it is edited: the address's draft, where it can be asked. */
  readonly form = $derived.by(() => {
    const form = readForm(this.#text);
    return form && !wrong(readDraft(form)) ? form : null;
  });
  /** What the builder shows; null while nothing is edited. */
  draft = $state<Draft | null>(null);
  #written: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    // The address leads: by a link, or by the browser's buttons. What was written from here is no news.
    $effect(() => {
      const text = this.#text;
      if (text === this.#written) return;
      this.#written = text;
      clearTimeout(this.#timer);
      const form = readForm(text);
      this.draft = form ? readDraft(form) : null;
    });
    $effect(() => () => clearTimeout(this.#timer));
  }

  /** Begins to edit. */
  edit(form: FunnelForm) {
    const url = new URL(router.url);
    url.searchParams.set('draft', JSON.stringify(form));
    router.go(url.href);
  }

  /** Something was changed: after a pause it is in the address, and so asked, once it can be. */
  changed = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.draft || wrong(this.draft)) return;
      this.#written = JSON.stringify(writeDraft(this.draft));
      router.keep('draft', this.#written);
    }, PAUSE_MS);
  };

  /** The draft as it stands now, asked or not. */
  get now(): FunnelForm | null {
    return this.draft && writeDraft(this.draft);
  }

  /** Leaves the draft for a saved funnel, or for the list. */
  leave(name: string) {
    clearTimeout(this.#timer);
    router.go(hrefOf(name), { replace: false });
  }
}

/** The address of a saved funnel, or of the list, with the view kept. */
export function hrefOf(name: string): string {
  const url = new URL(router.url);
  for (const own of ['draft', 'funnel', 'lost']) url.searchParams.delete(own);
  if (name) url.searchParams.set('funnel', name);
  return url.pathname + url.search;
}
