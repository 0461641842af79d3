// The endpoints that the shell and the overview use, one function each. A page with more has its own file beside this.

import { request } from './client';
import type * as T from './types';

export { ApiError } from './client';
export type * from './types';

const site = (name: string) => `/sites/${encodeURIComponent(name)}`;

export const getSession = () => request<T.Session>('GET', '/session');
export const signIn = (body: { email: string; password: string; code?: string }) =>
  request<T.Session>('POST', '/session', { body });
export const signOut = () => request<void>('DELETE', '/session');
export const setUp = (body: { token: string; email: string; name: string; password: string }) =>
  request<T.Session>('POST', '/setup', { body });
export const askRecovery = (email: string) => request<void>('POST', '/recovery', { body: { email } });
export const finishRecovery = (body: { token: string; password: string }) =>
  request<T.Session>('POST', '/recovery/finish', { body });

export const getSites = (params: { limit?: number; after?: string }) =>
  request<T.Page<T.SiteSummary>>('GET', '/sites', { params });
export const getSite = (name: string, signal?: AbortSignal) => request<T.Site>('GET', site(name), { signal });
export const getDefinitions = (name: string, signal?: AbortSignal) =>
  request<T.Definitions>('GET', `${site(name)}/definitions`, { signal });
export const getLints = (name: string, signal?: AbortSignal) =>
  request<T.Page<T.Lint>>('GET', `${site(name)}/lints`, { signal });
export const getChanges = (name: string, since: string, signal?: AbortSignal) =>
  request<T.Page<T.DefinitionChange>>('GET', `${site(name)}/changes`, { params: { since }, signal });

export const getNotes = (name: string, signal?: AbortSignal) =>
  request<T.Page<T.Note>>('GET', `${site(name)}/notes`, { signal });
export const addNote = (name: string, body: { date: string; text: string }) =>
  request<T.Note>('POST', `${site(name)}/notes`, { body });
export const removeNote = (name: string, id: number) => request<void>('DELETE', `${site(name)}/notes/${id}`);

export const getSegments = (name: string, signal?: AbortSignal) =>
  request<T.Page<T.Segment>>('GET', `${site(name)}/segments`, { signal });
export const saveSegment = (name: string, body: T.Segment) =>
  request<T.Segment>('POST', `${site(name)}/segments`, { body });
export const removeSegment = (name: string, segment: string) =>
  request<void>('DELETE', `${site(name)}/segments/${encodeURIComponent(segment)}`);

/** Names seen, most frequent first: events, paths, properties, or the values of the dimension `of`. */
export const getNames = (
  name: string,
  params: { kind: 'event' | 'path' | 'property' | 'value'; of?: string; prefix?: string; limit?: number },
  signal?: AbortSignal,
) => request<T.Page<T.NameSeen>>('GET', `${site(name)}/names`, { params, signal });

/** Asks a question of `docs/query-json.md`. */
export const ask = <A extends Partial<T.Grounds>>(name: string, question: object, signal?: AbortSignal) =>
  request<A>('POST', `${site(name)}/query`, { body: question, signal });
export const askOverview = (name: string, overview: T.OverviewQuestion, signal?: AbortSignal) =>
  ask<T.Overview>(name, { overview }, signal);
export const askBreakdown = (name: string, breakdown: T.BreakdownQuestion, signal?: AbortSignal) =>
  ask<T.Breakdown>(name, { breakdown }, signal);
