// The copy of a code: of a voucher, say. What is written in fields stays there.

import type { Core } from '../lazy';
import { cut } from './called';

const LONGEST = 64;

export const codes =
  ({ capture_ }: Core) =>
  (target: Node): void => {
    const selected = (getSelection() || { anchorNode: null }).anchorNode || target;
    for (const node of [target, selected]) {
      const element = node instanceof Element ? node : node.parentElement;
      const code = element && element.closest<HTMLElement>('[data-wm-code],code,kbd,samp');
      if (code) {
        const name = code.dataset.wmCode || cut(code.textContent!.trim(), LONGEST);
        capture_('copy', { code: name });
        return;
      }
    }
  };
