// Every text of the dashboard: `t.area.key`, in the language chosen at the start.

import { en } from './en';
import { language, type Language } from './locale';

/** What a language has to say: the English catalogue's keys, with the same arguments. */
export type Catalogue = typeof en;

const CATALOGUES: Record<Language, Catalogue> = { en };

export const t: Catalogue = CATALOGUES[language];
