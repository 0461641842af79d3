// Time zones by name: the browser's own, and those that fit what is typed.

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const MOST = 12;

/** Suggestions for a zone; an exact name suggests others no more. */
export async function suggestZones(text: string): Promise<{ name: string }[]> {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  if (zones.includes(text)) return [];
  const wanted = text.trim().toLowerCase().replaceAll(' ', '_');
  const found = zones.filter((zone) => zone.toLowerCase().includes(wanted));
  return found.slice(0, MOST).map((name) => ({ name }));
}
