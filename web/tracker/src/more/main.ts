// The second file, `wm-more.js`: what happens inside a page, and what may be stored after consent.

import { listen, safely } from '../dom';
import type { Core, Happened } from '../lazy';
import { codes } from './codes';
import { depths } from './depths';
import { forms } from './forms';
import { hosts } from './hosts';
import { identifier } from './identifier';
import { kept } from './kept';
import { links } from './links';
import { roots } from './roots';
import { seen } from './seen';
import { videos } from './videos';

type Hear = (target: any) => void;

let hearers: Record<string, Hear> | undefined;

const install = (core: Core): Record<string, Hear> => {
  const { decide, adopt } = identifier(core, kept(core));
  const { entered, submitted } = forms(core);
  const play = videos(core);
  const depth = depths(core);
  safely(() => hosts(core, adopt));
  safely(() => inside(core, { play, submit: (event) => submitted([event, event.composedPath()[0]]) }));
  return {
    consent: (answer: unknown) => {
      decide(answer === true);
      if (answer == 'granted') core.say_('consent, as the browser asks not to be tracked (GPC or DNT)');
    },
    copy: codes(core),
    input: entered,
    link: links(core),
    play,
    scroll: depth,
    submit: submitted,
  };
};

/** Finds what waits to be seen, and hears in shadow roots what does not leave them. */
const inside = (core: Core, { play, submit }: { play: Hear; submit: Hear }): void => {
  const hear = (event: Event): void => {
    safely(() => (event.type == 'play' ? play(event.target) : submit(event)));
  };
  const find = seen(core);
  const { look, later } = roots((root) => {
    find(root);
    if (root != document) ['play', 'submit'].forEach((type) => root.addEventListener(type, hear, true));
  });
  core.leaves_.push((over) => {
    if (over) look();
  });
  // Elements that become custom ones change nothing that could be observed.
  listen('click keydown scroll', later);
};

/** Takes what the core hands over; the first time, it also sets to work by itself. */
export default (core: Core, { type, target }: Happened = {}): void => {
  safely(() => {
    hearers = hearers || install(core);
    const hear = hearers[type!];
    if (hear) hear(target);
  });
};
