// Who is signed in, and what they may do. It keeps the token of a shared link for as long as the tab is open.

import { getSession, getSites, signOut, type Role, type Session, type SiteSummary } from '../api';
import { identify, whenSignedOut } from '../api/client';
import { router } from './router.svelte';

const SHARE = 'waymark.share';
/** Sites of one answer. */
const MOST_SITES = 1000;
const RANK: Record<Role, number> = { viewer: 0, editor: 1, owner: 2 };

class SessionState {
  /** What the server says; undefined until it has said it. */
  now = $state.raw<Session | undefined>(undefined);
  /** The sites that can be seen; undefined until known. */
  sites = $state.raw<SiteSummary[] | undefined>(undefined);
  /** Somebody looks by a shared link. */
  isShared = $state(false);

  readonly isIn = $derived(this.isShared || this.now?.state === 'signed_in');

  /** Learns who is there. */
  async load() {
    const token = sessionStorage.getItem(SHARE);
    if (token) this.share(token);
    else this.take(await getSession());
    if (this.isIn) await this.loadSites();
  }

  async loadSites() {
    const sites: SiteSummary[] = [];
    let after: string | undefined;
    do {
      const page = await getSites({ limit: MOST_SITES, after });
      sites.push(...page.items);
      after = page.next ?? undefined;
    } while (after);
    this.sites = sites;
  }

  /** Takes a session that the server has answered with. */
  take(session: Session) {
    this.now = session;
    this.isShared = false;
    identify({ csrf: session.csrf ?? null, bearer: null });
  }

  /** Looks by a shared link from now on. */
  share(token: string) {
    sessionStorage.setItem(SHARE, token);
    identify({ bearer: token, csrf: null });
    this.isShared = true;
  }

  async end() {
    if (this.isShared) sessionStorage.removeItem(SHARE);
    else await signOut();
    location.assign('/signin');
  }

  site(name: string | null): SiteSummary | undefined {
    return this.sites?.find((site) => site.name === name);
  }

  /** Whether the role on this site is at least that one. */
  may(site: string | null, role: Role): boolean {
    const has = this.isShared ? 'viewer' : this.site(site)?.role;
    return !!has && RANK[has] >= RANK[role];
  }
}

export const session = new SessionState();

/** Where to sign in, and come back from. */
export const signInHref = () => `/signin?next=${encodeURIComponent(router.url.pathname + router.url.search)}`;

whenSignedOut(() => {
  sessionStorage.removeItem(SHARE);
  session.isShared = false;
  if (session.now) session.now = { ...session.now, state: 'signed_out', account: null };
  if (router.place.route.name !== 'signin') router.go(signInHref(), { replace: true });
});
