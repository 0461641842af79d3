// Submissions of forms: sent, or stopped by the page because something in them was wrong. Pages also stop a form to send it
// by themselves; then it counts.

import { listen, safely } from '../dom';
import type { Core } from '../lazy';
import { called } from './called';
import { hasFields, hasServed, isFaulty, look, type Look } from './fields';

/** So long a form that the page stopped is watched, and so often. */
const LOOKS = 12;
const PAUSE_MS = 250;

interface Attempt {
  event: SubmitEvent;
  time: number;
  before: Look;
  looks: number;
}

/** A handler in the form's tag that stops it whatever is in it. */
const NEVER = /^\s*return false;?\s*$/;
const CANCEL = /^(cancel|close|no)$/i;

const isDialogs = (element: Element | null | undefined, attribute: string): boolean =>
  !!element && /^dialog$/i.test(element.getAttribute(attribute) || '');

/** Whether its button only closes the dialog that it is in. */
const isCancelled = (form: HTMLFormElement, { submitter }: SubmitEvent): boolean => {
  const button = submitter as HTMLButtonElement | null | undefined;
  return (
    isDialogs(button, 'formmethod') ||
    (isDialogs(form, 'method') && !!button && (button.formNoValidate || CANCEL.test(button.value)))
  );
};

/** Elements from the form outwards, through slots and open shadow roots. */
const outwards = (form: HTMLElement): HTMLElement[] => {
  const path: HTMLElement[] = [];
  for (let at: any = form; at; at = at.assignedSlot || at.parentNode || at.host) path.push(at);
  return path;
};

export const submissions = (
  { capture_, declared_, leaves_, say_, waiting_ }: Core,
  ended: (form: HTMLFormElement) => void,
) => {
  const open = new Map<HTMLFormElement, Attempt>();
  const heard = new WeakSet<Event>();
  /** How many marks of mistakes a form has when a person begins. */
  const usual = new WeakMap<HTMLFormElement, number>();
  /** Counted when the page stopped them; a script that submits them afterwards sends nothing new. */
  const counted = new WeakSet<HTMLFormElement>();

  const sent = (form: HTMLFormElement, time: number): void => {
    const before = waiting_.length;
    outwards(form).forEach((element) => {
      const { wmEvent, wmOn } = element.dataset || {};
      if (wmEvent && (wmOn || (element == form ? 'submit' : '')) == 'submit') declared_(element);
    });
    // A dialog with nothing to fill in is closed like that.
    if (hasFields(form) || !isDialogs(form, 'method')) capture_('form_submit', { form: called(form) });
    waiting_.slice(before).forEach((fact) => (fact.time = time));
  };

  const judge = (form: HTMLFormElement, attempt: Attempt, last?: boolean): void => {
    if (open.get(form) != attempt) return;
    const { event, time, before } = attempt;
    const isStopped = event.defaultPrevented;
    const served = !isStopped || hasServed(form, before);
    const faulty = !served && isFaulty(form, before, usual.get(form)!);
    const blank = before.isBlank && !NEVER.test(form.getAttribute('onsubmit') || '');
    if (served || faulty || blank || last || !attempt.looks--) {
      open.delete(form);
      if (isStopped && (faulty || blank)) return;
      ended(form);
      if (isCancelled(form, event)) return;
      if (isStopped) counted.add(form);
      sent(form, time);
    } else setTimeout(() => safely(() => judge(form, attempt)), PAUSE_MS);
  };

  const begin = (form: HTMLFormElement): void => {
    if (!usual.has(form)) usual.set(form, look(form).marks);
  };

  const hear = ([event, form]: [SubmitEvent, HTMLFormElement]): void => {
    if (heard.has(event)) return;
    heard.add(event);
    const isScripts = event.type != 'submit';
    if (counted.delete(form) && isScripts) return;
    begin(form);
    const attempt = { event, time: Date.now(), before: look(form), looks: LOOKS };
    open.set(form, attempt);
    // Once the page has heard of it too.
    setTimeout(() => safely(() => judge(form, attempt)));
  };

  // A core from a browser's cache that is older counts submissions by itself.
  if (!say_) listen('submit', (_, [form]) => ended(form as HTMLFormElement));
  else listen<SubmitEvent>('submit wm', (event, [form]) => hear([event, form as HTMLFormElement]));
  leaves_.push(() => open.forEach((attempt, form) => judge(form, attempt, true)));
  return {
    begin,
    hear,
    /** A person who goes on with a form that the page stopped puts right what was wrong. */
    resume: (form: HTMLFormElement): void => {
      const attempt = open.get(form);
      if (attempt && attempt.event.defaultPrevented && !hasServed(form, attempt.before)) open.delete(form);
      counted.delete(form);
    },
  };
};
