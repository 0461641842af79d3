// One's own account: name, password, one-time codes, and where one is signed in.

import { request } from './client';
import type { Page, Session } from './types';

export const changeAccount = (body: { name?: string; password?: { old: string; new: string } }) =>
  request<Session>('PATCH', '/account', { body });

/** A secret for an authenticator app; it holds once a code of it is confirmed. */
export const offerCodes = () => request<{ secret: string; uri: string }>('POST', '/account/totp');
export const confirmCodes = (code: string) =>
  request<{ recovery_codes: string[] }>('PUT', '/account/totp', { body: { code } });
export const dropCodes = (password: string) =>
  request<void>('DELETE', '/account/totp', { body: { password } });

export interface SessionItem {
  created: string;
  last_used: string;
  expires: string;
  current: boolean;
}

export const getSessions = (signal?: AbortSignal) =>
  request<Page<SessionItem>>('GET', '/account/sessions', { signal });
/** Signs out everywhere else; this browser is given a new session. */
export const endOtherSessions = () => request<Session>('DELETE', '/account/sessions');
