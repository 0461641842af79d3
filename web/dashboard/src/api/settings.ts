// A site's settings, who may see it, and what becomes of its data.

import { request } from './client';
import type { Page, Role, Site } from './types';

const site = (name: string) => `/sites/${encodeURIComponent(name)}`;

/** What can be set of a site; what is left out stays. */
export type SiteChange = Partial<
  Pick<Site, 'timezone' | 'session_gap_ms' | 'hosts' | 'collect' | 'retention'>
>;

export const addSite = (body: { name: string; timezone: string; hosts?: string[] }) =>
  request<{ name: string }>('POST', '/sites', { body });
export const changeSite = (name: string, body: SiteChange) => request<Site>('PATCH', site(name), { body });

export interface Arrivals {
  last_event: string | null;
  /** Of the last 24 hours: events that count, and those that are left out of results. */
  events: number;
  left_out: number;
  /** Events refused since the beginning, by the code of the reason. */
  refused: { code: string; events: number }[];
}

export const getArrivals = (name: string, signal?: AbortSignal) =>
  request<Arrivals>('GET', `${site(name)}/arrivals`, { signal });

export interface Member {
  id: number;
  email: string;
  name: string;
  roles: { site: string | null; role: Role }[];
  /** What they may do once their account is confirmed. */
  waiting: { site: string | null; role: Role }[];
  /** False while only the owner of a site who invited them says that the account is theirs. */
  confirmed: boolean;
  invited_by: string | null;
  has_password: boolean;
  has_totp: boolean;
  created: string;
}

export const getMembers = (signal?: AbortSignal) => request<Page<Member>>('GET', '/members', { signal });
export const invite = (body: { email: string; name: string; site: string | null; role: Role }) =>
  request<{ member: Member; link: string | null; mailed: boolean }>('POST', '/members', { body });
export const setRole = (id: number, body: { site: string | null; role: Role | 'none' }) =>
  request<Member>('PATCH', `/members/${id}`, { body });
export const removeMember = (id: number) => request<void>('DELETE', `/members/${id}`);
export const newLink = (id: number) => request<{ link: string }>('POST', `/members/${id}/link`);

export type Scope = 'collect' | 'read' | 'admin';

export interface Key {
  prefix: string;
  scope: Scope;
  created: string;
  by: string;
  expires: string | null;
  expired: boolean;
  last_used: string | null;
}

export const getKeys = (name: string, signal?: AbortSignal) =>
  request<Page<Key>>('GET', `${site(name)}/keys`, { signal });
export const addKey = (name: string, body: { scope: Scope; expires?: string }) =>
  request<{ key: string; item: Key }>('POST', `${site(name)}/keys`, { body });
export const revokeKey = (name: string, prefix: string) =>
  request<void>('DELETE', `${site(name)}/keys/${encodeURIComponent(prefix)}`);

export interface Share {
  id: number;
  name: string;
  created: string;
  by: string;
  expires: string | null;
  expired: boolean;
}

export const getShares = (name: string, signal?: AbortSignal) =>
  request<Page<Share>>('GET', `${site(name)}/shares`, { signal });
export const addShare = (name: string, body: { name: string; expires?: string }) =>
  request<{ share: Share; link: string }>('POST', `${site(name)}/shares`, { body });
export const revokeShare = (name: string, id: number) =>
  request<void>('DELETE', `${site(name)}/shares/${id}`);

export interface AuditEntry {
  at: string;
  by: string;
  site: string | null;
  action: string;
  subject: string;
  detail: string | null;
}

/** The newest first; of all sites without a name. */
export const getAudit = (params: { site?: string; limit?: number; after?: string }, signal?: AbortSignal) =>
  request<Page<AuditEntry>>('GET', '/audit', { params, signal });

export interface Void {
  id: number;
  /** The hash of the order's key, as exports have it. */
  key: string;
  at: string;
  by: string;
}

export const getVoids = (name: string, signal?: AbortSignal) =>
  request<Page<Void>>('GET', `${site(name)}/voids`, { signal });
export const voidKey = (name: string, key: string) =>
  request<Void>('POST', `${site(name)}/voids`, { body: { key } });
export const countAgain = (name: string, id: number) => request<void>('DELETE', `${site(name)}/voids/${id}`);

/** A request to forget somebody; whom it was about is not kept. */
export interface Erasure {
  id: number;
  of: 'visitor' | 'user';
  at: string;
  by: string;
  /** Null while it is under way. */
  done: string | null;
  events: number | null;
}

export const getErasures = (name: string, signal?: AbortSignal) =>
  request<Page<Erasure>>('GET', `${site(name)}/erasures`, { signal });
export const erase = (name: string, body: { visitor: string } | { user: string }) =>
  request<Erasure>('POST', `${site(name)}/erasures`, { body });
