// What is clicked and submitted: elements that say themselves what they mean, and links by where they go.

import type { Details } from '../index';
import { capture, track } from './events';
import { called, listen } from './dom';
import { options, wants } from './script';

const PROPERTY = 'data-wm-prop-';
const FILES = /\.(pdf|(doc|xls|ppt)x?|csv|zip|gz|dmg|exe|apk)$/i;
const NETWORKS = /(^|\.)(facebook|instagram|twitter|x|linkedin|youtube|tiktok|pinterest|threads)\.com$/;

/** Tracks what an element says: `data-wm-event`, `-prop-…`, `-value`, `-key`. */
export const declared = (element: HTMLElement): void => {
  const { wmEvent, wmValue: value, wmKey: key } = element.dataset;
  const details: Details = { value, key };
  for (const { name, value } of element.attributes) {
    if (name.startsWith(PROPERTY)) details[name.slice(PROPERTY.length)] = value;
  }
  track(wmEvent!, details);
};

/** When an element's event happens: as it says, else a form's on submission and any other's on click. */
const trigger = (element: HTMLElement): string =>
  element.dataset.wmOn || (element.matches('form') ? 'submit' : 'click');

/** A link says where it goes, without query and fragment, and no longer than a property may be. */
const followed = (link: HTMLAnchorElement): void => {
  const { hostname } = link;
  const url = link.href.split(/[?#]/)[0]!.slice(0, 999);
  if (link.hasAttribute('download') || FILES.test(url)) capture('download', { url });
  else if (
    hostname &&
    !`${location.hostname} ${options.domain}`.split(' ').some((own) => hostname.endsWith(own))
  ) {
    capture(NETWORKS.test(hostname) && wants('social') ? 'social' : 'outbound', { url });
  }
};

/** Tracks the target, and what it is in, if they are waiting for this. */
const declare = (target: HTMLElement, kind: string): void => {
  for (let element: HTMLElement | null = target; element; element = element.parentElement) {
    if (element.dataset.wmEvent && trigger(element) == kind) declared(element);
  }
};

export const watch = (): void => {
  listen<MouseEvent & { target: HTMLElement }>('click auxclick', ({ target, button }) => {
    const link = target.closest<HTMLAnchorElement>('a[href]');
    // The middle button opens links; the right one opens menus.
    if (button > (link ? 1 : 0)) return;
    declare(target, 'click');
    if (link) followed(link);
  });
  listen<Event & { target: HTMLFormElement }>('submit', ({ target }) => {
    declare(target, 'submit');
    capture('form_submit', { form: called(target) });
  });
};
