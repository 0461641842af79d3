// How far people get in forms: which one, which part, which field. Never what they type.

import { listen } from '../dom';
import type { Core } from '../lazy';
import { called } from './called';
import { submissions } from './submissions';

/** Parts of a form that a person goes through one after the other. */
const PARTS = '[data-wm-step],fieldset';
const BUTTON = /^(submit|button|reset|image)$/;

interface Progress {
  part?: HTMLElement;
  step?: string | number;
  field?: string;
}

export const forms = (core: Core) => {
  const { capture_, leaves_ } = core;
  const begun = new Map<HTMLFormElement, Progress>();
  const { begin, hear, resume } = submissions(core, (form) => begun.delete(form));

  listen('focusin', (_, [target]) => {
    const { form, type } = target as HTMLInputElement;
    if (form && !BUTTON.test(type)) resume(form);
  });
  leaves_.push((over) => {
    if (!over) return;
    begun.forEach(({ step, field }, form) => capture_('form_abandon', { form: called(form), step, field }));
    begun.clear();
  });

  const entered = (target: HTMLInputElement): void => {
    const { form } = target;
    if (!form) return;
    resume(form);
    let progress = begun.get(form);
    if (!progress) {
      begin(form);
      begun.set(form, (progress = {}));
      capture_('form_start', { form: called(form) });
    }
    progress.field = called(target);
    const part = target.closest<HTMLElement>(PARTS);
    if (part && part != progress.part && form.contains(part)) {
      progress.part = part;
      progress.step =
        part.dataset.wmStep || called(part) || [...form.querySelectorAll(PARTS)].indexOf(part) + 1;
      capture_('form_step', { form: called(form), step: progress.step });
    }
  };
  return { entered, submitted: hear };
};
