// Every drawing by its name. A drawing is the inside of an SVG of 200 by 200 whose things stand at y = 168; colours are
// classes of the style sheet (`a` the product's own, `b` darker, `c` lighter, `p` paper, `m` metal, `w` wood, `g` glass,
// `k` coffee, `l` a line), so that they follow light and dark.

import { raw, type Html } from '../html';
import { packs } from './packs';
import { tools } from './tools';
import { vessels } from './vessels';

const DRAWINGS = { ...packs, ...tools, ...vessels };

export type Drawing = keyof typeof DRAWINGS;

const SHADOW = '<ellipse class="s" cx="100" cy="170" rx="66" ry="7"/>';

/** The drawing; it says nothing to those who do not see it, as the name stands beside it. */
export const drawing = (name: Drawing): Html =>
  raw(
    `<svg class="drawing" viewBox="0 0 200 200" aria-hidden="true" focusable="false">${SHADOW}${DRAWINGS[name]}</svg>`,
  );
