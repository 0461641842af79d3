// What a change of a site's settings does to its numbers, in sentences, before it is made. It knows no form.

import type { Site } from '../../api';
import { day, duration } from '../../lib/format';
import { t } from '../../text';

export type Settings = Pick<Site, 'timezone' | 'session_gap_ms' | 'hosts' | 'collect' | 'retention'>;

/** What is kept of collected events unless a site says otherwise. */
export const USUAL_MONTHS = 25;

const texts = t.settings.effects;
const added = (before: string[], after: string[]) => after.filter((text) => !before.includes(text));

/** One sentence or more for each thing that would change; none when nothing would. */
export function effects(before: Settings, after: Settings, now = new Date()): string[] {
  const [old, next] = [before.collect, after.collect];
  return [
    ...ofZone(before, after),
    ...ofGap(before, after),
    ...ofHosts(before.hosts, after.hosts),
    ...ofList(old.query_params, next.query_params, texts.moreParams, texts.fewerParams),
    ...ofList(old.internal, next.internal, texts.moreInternal, texts.fewerInternal),
    ...ofList(old.payment_hosts, next.payment_hosts, texts.morePayment, texts.fewerPayment),
    ...ofRetention(before.retention, after.retention, now),
  ];
}

function ofZone(before: Settings, after: Settings): string[] {
  return before.timezone === after.timezone ? [] : [texts.zone(after.timezone), texts.zoneVisitors];
}

function ofGap(before: Settings, after: Settings): string[] {
  if (before.session_gap_ms === after.session_gap_ms) return [];
  const says = after.session_gap_ms > before.session_gap_ms ? texts.longerGap : texts.shorterGap;
  return [says(duration(after.session_gap_ms))];
}

function ofHosts(before: string[], after: string[]): string[] {
  if (before.length && !after.length) return [texts.anyHost];
  if (!before.length && after.length) return [texts.onlyHosts(after)];
  return ofList(before, after, texts.moreHosts, texts.fewerHosts);
}

type Says = (items: string[]) => string;

/** What is said of what a list has more, and of what it has no longer. */
function ofList(before: string[], after: string[], more: Says, fewer: Says): string[] {
  const [gained, lost] = [added(before, after), added(after, before)];
  return [...(gained.length ? [more(gained)] : []), ...(lost.length ? [fewer(lost)] : [])];
}

/** How many months events are kept; null is forever. */
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
  const [collected, imported] = [shorter(before, after, false), shorter(before, after, true)];
  if (!collected && !imported) return [keeps(after), texts.noneRestored];
  const from = new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (months(after, !collected) ?? 0), now.getUTCDate()),
  );
  const which = collected && imported ? 'all' : collected ? 'collected' : 'imported';
  const date = day(from.toISOString().slice(0, 10), 'long');
  return [keeps(after), texts.deleted[which](date), texts.onlyBackup];
}

function keeps(retention: string): string {
  if (retention === 'usual') return texts.kept.usual(USUAL_MONTHS);
  const kept = months(retention, true);
  return kept === null ? texts.kept.forever : texts.kept.months(kept);
}
