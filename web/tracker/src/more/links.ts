// Links that are followed, by where they go.

import type { Core } from '../lazy';
import { cut } from './called';
import { lies, listed } from './domains';

const FILES =
  /\.(7z|aac|apk|avi|azw3|bz2|csv|deb|dmg|doc[mx]?|eps|epub|exe|flac|gz|ics|iso|jar|key|m4[abv]|midi?|mkv|mobi|mov|mp[234]|mpe?g|msi|od[gpst]|og[gv]|opus|pdf|pkg|pps|ppt[mx]?|psd|rar|rpm|rtf|t[gx]z|tar|tsv|txt|vcf|wav|webm|wm[av]|xls[mx]?|xz|zip|zst)$/i;
const NETWORKS = /(^|\.)(facebook|instagram|twitter|x|linkedin|youtube|tiktok|pinterest|threads)\.com$/;
/** No longer than a property may be. */
const LONGEST = 999;

export const links = ({ capture_, options_, wants_ }: Core) => {
  const own = [location.hostname.replace(/^www\./, ''), ...listed(options_.domain)];

  /** A link says where it goes, without query and fragment. */
  return (link?: HTMLAnchorElement): void => {
    if (!link) return;
    const { hostname } = link;
    const place = link.href.split(/[?#]/)[0]!;
    const url = cut(place, LONGEST);
    if (link.hasAttribute('download') || FILES.test(place)) capture_('download', { url });
    else if (hostname && !own.some((domain) => lies(hostname, domain))) {
      capture_(NETWORKS.test(hostname) && wants_('social') ? 'social' : 'outbound', { url });
    }
  };
};
