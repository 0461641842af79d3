// What a change of a site's settings does to its numbers, in sentences, before it is made. It knows no form.

import type { Site } from '../../api';
import { counted, day, duration } from '../../lib/format';

export type Settings = Pick<Site, 'timezone' | 'session_gap_ms' | 'hosts' | 'collect' | 'retention'>;

/** What is kept of collected events unless a site says otherwise. */
export const USUAL_MONTHS = 25;

const list = (texts: string[]) => texts.join(', ');
const added = (before: string[], after: string[]) => after.filter((text) => !before.includes(text));

/** One sentence or more for each thing that would change; none when nothing would. */
export function effects(before: Settings, after: Settings, now = new Date()): string[] {
  return [
    ...ofZone(before, after),
    ...ofGap(before, after),
    ...ofHosts(before.hosts, after.hosts),
    ...ofParams(before.collect.query_params, after.collect.query_params),
    ...ofInternal(before.collect.internal, after.collect.internal),
    ...ofPayment(before.collect.payment_hosts, after.collect.payment_hosts),
    ...ofRetention(before.retention, after.retention, now),
  ];
}

function ofZone(before: Settings, after: Settings): string[] {
  if (before.timezone === after.timezone) return [];
  return [
    `All days, past ones too, run from midnight to midnight in ${after.timezone}: numbers by day change, totals of all time do not.`,
    'Visitors without consent are told apart day by day. Those who are there around the change may count twice.',
  ];
}

function ofGap(before: Settings, after: Settings): string[] {
  if (before.session_gap_ms === after.session_gap_ms) return [];
  const fewer = after.session_gap_ms > before.session_gap_ms ? 'fewer' : 'more';
  return [
    `Sessions are formed anew over all history: a pause of more than ${duration(after.session_gap_ms)} begins the next one. ` +
      `There will be ${fewer} of them, so rates of sessions change, and goals that count once a session. Visitors stay as they are.`,
  ];
}

function ofHosts(before: string[], after: string[]): string[] {
  const [more, fewer] = [added(before, after), added(after, before)];
  if (!more.length && !fewer.length) return [];
  if (!after.length) return ['Events are taken from any host from now on, also from copies of your pages.'];
  if (!before.length)
    return [
      `From now on only events from ${list(after)} are taken; all others are refused. What is stored stays.`,
    ];
  return [
    ...(more.length ? [`Events from ${list(more)} are taken from now on.`] : []),
    ...(fewer.length ? [`Events from ${list(fewer)} are refused from now on. What is stored stays.`] : []),
  ];
}

function ofParams(before: string[], after: string[]): string[] {
  const [more, fewer] = [added(before, after), added(after, before)];
  return [
    ...(more.length
      ? [
          `From now on ${list(more)} is kept from addresses. Make sure that it never says who somebody is. Past addresses stay without it.`,
        ]
      : []),
    ...(fewer.length ? [`From now on ${list(fewer)} is cut from addresses. What is stored keeps it.`] : []),
  ];
}

function ofInternal(before: string[], after: string[]): string[] {
  const [more, fewer] = [added(before, after), added(after, before)];
  return [
    ...(more.length
      ? [
          `Events from ${list(more)} are kept from now on, and left out of results. Past ones stay counted: addresses are not stored, so nobody can tell which they were.`,
        ]
      : []),
    ...(fewer.length ? [`Events from ${list(fewer)} count from now on. Past ones stay left out.`] : []),
  ];
}

function ofPayment(before: string[], after: string[]): string[] {
  const [more, fewer] = [added(before, after), added(after, before)];
  return [
    ...(more.length
      ? [
          `From now on visitors who come back from ${list(more)} keep the source that they came from before. Past sessions stay.`,
        ]
      : []),
    ...(fewer.length
      ? [`From now on ${list(fewer)} counts as a source of its own. Past sessions stay.`]
      : []),
  ];
}

/** How many months events are kept; null is for ever. */
function months(retention: string, imported: boolean): number | null {
  if (retention === 'usual') return imported ? null : USUAL_MONTHS;
  return retention === 'forever' ? null : Number.parseInt(retention, 10);
}

const shorter = (before: string, after: string, imported: boolean) =>
  (months(after, imported) ?? Infinity) < (months(before, imported) ?? Infinity);

/** Whether another retention removes events that would have stayed. */
export const removes = (before: string, after: string) =>
  shorter(before, after, false) || shorter(before, after, true);

function ofRetention(before: string, after: string, now: Date): string[] {
  if (before === after) return [];
  const kept = {
    usual: `Collected events are kept for ${counted(USUAL_MONTHS, 'month')}, imported ones until you say otherwise`,
    forever: 'Events are kept until you say otherwise',
  };
  const says =
    kept[after as keyof typeof kept] ?? `Events are kept for ${counted(months(after, true) ?? 0, 'month')}`;
  const [collected, imported] = [shorter(before, after, false), shorter(before, after, true)];
  if (!collected && !imported) return [`${says}. What was removed before does not come back.`];
  const from = new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (months(after, !collected) ?? 0), now.getUTCDate()),
  );
  const which = collected && imported ? 'Those' : collected ? 'Collected ones' : 'Imported ones';
  return [
    `${says}. ${which} from before ${day(from.toISOString().slice(0, 10), 'long')} are removed for good within a day: ` +
      'numbers of that time become empty, and nobody can bring them back but from a backup.',
  ];
}
