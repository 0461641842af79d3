// How far down a page a person scrolled, in quarters.

import type { Core } from '../lazy';

export const depths = ({ capture_, leaves_ }: Core) => {
  let depth = 0;
  leaves_.push((over) => {
    if (over) depth = 0;
  });
  return (): void => {
    // A pixel is forgiven, for fractions.
    const reached = (scrollY + innerHeight + 1) / document.documentElement.scrollHeight;
    while (depth < 100 && reached * 100 >= depth + 25) capture_('scroll', { depth: (depth += 25) });
  };
};
