// Suggestions of names that were seen on a site, for the pickers of definitions.

import { getNames } from '../api';
import { t } from '../text';

const MOST = 12;

/** Dimensions, and properties as `prop.KEY`. */
export const suggestThings = (site: string) => async (text: string, signal: AbortSignal) => {
  const wanted = text.toLowerCase();
  const columns = Object.entries(t.terms.dimensions)
    .filter(([key, label]) => key !== 'event' && `${key} ${label}`.toLowerCase().includes(wanted))
    .map(([name]) => ({ name }));
  const prefix = text.replace(/^prop\.?/, '');
  const { items } = await getNames(site, { kind: 'property', prefix, limit: MOST }, signal);
  return [
    ...items.map(({ name, events }) => ({ name: name.startsWith('prop.') ? name : `prop.${name}`, events })),
    ...columns,
  ];
};

/** Values of a dimension. */
export const suggestValues = (site: string, of: string) => async (prefix: string, signal: AbortSignal) => {
  if (!of) return [];
  const asked = of === 'path' ? { kind: 'path' as const, prefix } : { kind: 'value' as const, of, prefix };
  return (await getNames(site, { ...asked, limit: MOST }, signal)).items;
};

/** Goals, then events. */
export const suggestSteps =
  (site: string, goals: () => string[]) => async (text: string, signal: AbortSignal) => {
    const wanted = text.toLowerCase();
    const known = goals().filter((name) => name.toLowerCase().includes(wanted));
    const { items } = await getNames(site, { kind: 'event', prefix: text, limit: MOST }, signal);
    return [...known.map((name) => ({ name })), ...items.filter(({ name }) => !known.includes(name))];
  };

export const suggestEvents = (site: string) => async (prefix: string, signal: AbortSignal) =>
  (await getNames(site, { kind: 'event', prefix, limit: MOST }, signal)).items;
