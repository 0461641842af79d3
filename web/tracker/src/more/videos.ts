// How much of a video was watched, in quarters; what was skipped was not.

import { safely } from '../dom';
import type { Core } from '../lazy';
import { called, cut } from './called';

/** The share of the video that has been played, each part once, in percent. */
const watched = ({ played, duration }: HTMLVideoElement): number => {
  let seconds = 0;
  for (let range = 0; range < played.length; range++) seconds += played.end(range) - played.start(range);
  return (seconds / duration) * 100;
};

const LONGEST = 99;

export const videos = ({ capture_ }: Core) => {
  const reached = new WeakMap<HTMLVideoElement, { source: string; percent: number }>();

  const progress = (video: HTMLVideoElement): void => {
    const known = reached.get(video);
    const source = video.currentSrc;
    const state = known && known.source == source ? known : { source, percent: 0 };
    reached.set(video, state);
    // The last moments of a video are seldom reported in full.
    while (state.percent < 100 && watched(video) + 1 >= state.percent + 25) {
      const name = called(video) || cut(source.split(/[?#]/)[0]!.split('/').pop()!, LONGEST);
      capture_('video', { video: name, percent: (state.percent += 25) });
    }
  };

  return (video: HTMLVideoElement): void => {
    // A silent loop is decoration; sound alone is no video.
    if (video.nodeName != 'VIDEO' || (video.loop && video.muted) || reached.has(video)) return;
    reached.set(video, { source: video.currentSrc, percent: 0 });
    for (const type of ['timeupdate', 'ended'])
      video.addEventListener(type, () => safely(() => progress(video)));
  };
};
