// The second file, `wm-more.js`: what happens inside a page, and what may be stored after consent.

import { safely } from '../dom';
import type { Core, Happened } from '../lazy';
import { codes } from './codes';
import { depths } from './depths';
import { forms } from './forms';
import { hosts } from './hosts';
import { identifier } from './identifier';
import { kept } from './kept';
import { seen } from './seen';
import { videos } from './videos';

type Hear = (target: never) => void;

let hearers: Record<string, Hear> | undefined;

const install = (core: Core): Record<string, Hear> => {
  const { decide, adopt } = identifier(core, kept(core));
  safely(() => hosts(core, adopt));
  safely(() => seen(core));
  return { consent: decide, scroll: depths(core), input: forms(core), play: videos(core), copy: codes(core) };
};

/** Takes what the core hands over; the first time, it also sets to work by itself. */
export default (core: Core, happened?: Happened): void => {
  hearers = hearers || install(core);
  const hear = happened && hearers[happened.type];
  if (hear) safely(() => hear(happened.target as never));
};
