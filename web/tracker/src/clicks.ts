// What is clicked: elements that say themselves what they mean. Links and forms are left to `more/`.

import type { Details } from '../index';
import { track } from './events';
import { linkIn, listen } from './dom';
import { more } from './lazy';

const PROPERTY = 'data-wm-prop-';

/** Tracks what an element says: `data-wm-event`, `-prop-…`, `-value`, `-key`. */
export const declared = ({ dataset, attributes }: HTMLElement): void => {
  const details: Details = { value: dataset.wmValue, key: dataset.wmKey };
  for (const { name, value } of attributes) {
    const [, property] = name.split(PROPERTY);
    if (property) details[property] = value;
  }
  track(dataset.wmEvent!, details);
};

export const watch = (): void => {
  listen<MouseEvent>('click auxclick', ({ button }, path) => {
    const link = linkIn(path);
    // The middle button opens links; the right one opens menus.
    if (button > (link ? 1 : 0)) return;
    path.forEach((element) => {
      const { wmEvent, wmOn } = element.dataset || {};
      // A form waits to be submitted, unless it says otherwise.
      if (wmEvent && (wmOn || ('submit' in element ? 'submit' : 'click')) == 'click') declared(element);
    });
    more('link', link);
  });
  listen('submit wm', (event, [form]) => more('submit', [event, form]));
};
