// How far people get in forms: which one, which part, which field. Never what they type.

import { called, listen } from '../dom';
import type { Core } from '../lazy';

/** Parts of a form that a person goes through one after the other. */
const PARTS = '[data-wm-step],fieldset';

interface Progress {
  part?: HTMLElement;
  step?: string | number;
  field?: string;
}

export const forms = ({ capture_, leaves_ }: Core) => {
  const begun = new Map<HTMLFormElement, Progress>();

  listen('submit', ({ target }) => begun.delete(target as HTMLFormElement));
  leaves_.push((over) => {
    if (!over) return;
    begun.forEach(({ step, field }, form) => capture_('form_abandon', { form: called(form), step, field }));
    begun.clear();
  });

  return (target: HTMLInputElement): void => {
    const form = target.form;
    if (!form) return;
    let progress = begun.get(form);
    if (!progress) {
      begun.set(form, (progress = {}));
      capture_('form_start', { form: called(form) });
    }
    progress.field = called(target);
    const part = target.closest<HTMLElement>(PARTS);
    if (part && part != progress.part && form.contains(part)) {
      progress.part = part;
      progress.step =
        part.dataset.wmStep || called(part) || Array.from(form.querySelectorAll(PARTS)).indexOf(part) + 1;
      capture_('form_step', { form: called(form), step: progress.step });
    }
  };
};
