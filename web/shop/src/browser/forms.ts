// Forms that end where they begin, and the visitor's choice. What is written in them goes nowhere.

import { waymark } from '@waymark/tracker';
import { on, say } from './page';

const thanksFor = (selector: string, text: string): void =>
  on<HTMLFormElement>(selector, (form) =>
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      form.hidden = true;
      say('[data-done]', text);
    }),
  );

const consented = (): boolean => /(^|; )wm=/.test(document.cookie);

export const forms = (): void => {
  thanksFor('[data-newsletter]', 'Thank you. As this is a demonstration, no letter will come.');
  thanksFor('[data-account]', 'Your account is made, as far as this demonstration goes.');
  on<HTMLInputElement>('[data-consent]', (box) => {
    box.checked = consented();
    box.addEventListener('change', () => waymark('consent', box.checked ? 'granted' : 'denied'));
  });
};
