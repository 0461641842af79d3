// Elements that are an event once they have been seen: half of one, or half a window full of it; once a page view.

import { safely } from '../dom';
import type { Core } from '../lazy';

const MARKED = '[data-wm-event][data-wm-on=seen]';
const TENTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Makes what watches those in a root. A new page view begins with none of them seen, and none watched. */
export const seen = ({ declared_, leaves_ }: Core) => {
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
  leaves_.push((over) => {
    if (!over) return;
    observer.disconnect();
    done = new WeakSet();
  });
  return (root: Document | ShadowRoot): void =>
    root.querySelectorAll(MARKED).forEach((element) => observer.observe(element));
};
