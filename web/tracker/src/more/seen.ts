// Elements that are an event once they have been seen: half of one, or half a window full of it; once a page view.

import { safely } from '../dom';
import type { Core } from '../lazy';

const MARKED = '[data-wm-event][data-wm-on=seen]';
const TENTHS = Array.from({ length: 11 }, (_, tenth) => tenth / 10);

export const seen = ({ declared_, leaves_ }: Core): void => {
  let done = new WeakSet<Element>();

  const observer = new IntersectionObserver(
    (entries) =>
      safely(() =>
        entries.forEach(({ target, intersectionRatio, intersectionRect }) => {
          if (done.has(target) || (intersectionRatio < 0.5 && intersectionRect.height < innerHeight / 2))
            return;
          done.add(target);
          declared_(target as HTMLElement);
        }),
      ),
    { threshold: TENTHS },
  );
  const find = (): void => document.querySelectorAll(MARKED).forEach((element) => observer.observe(element));

  new MutationObserver(find).observe(document, { subtree: true, childList: true });
  leaves_.push((over) => {
    if (!over) return;
    observer.disconnect();
    done = new WeakSet();
    find();
  });
  find();
};
