// Addresses to pages, and how one goes from one to the next. It knows which pages there are, and nothing of what is in them.

import { tick, type Component } from 'svelte';
import { t } from '../text';

type Loaded = Promise<{ default: Component }>;

export interface Route {
  name: string;
  /** What the window and screen readers call the page. */
  title: string;
  /** Within the shell (navigation and filter bar), or a page of its own. */
  shell: boolean;
  load: () => Loaded;
}

const page = (name: keyof typeof t.shell.titles, shell: boolean, load: () => Loaded): Route => ({
  name,
  title: t.shell.titles[name],
  shell,
  load,
});

/** Pages of a site, by the last part of `/sites/{site}/{page}`, in the order of the navigation. */
export const SITE_PAGES: Route[] = [
  page('overview', true, () => import('../pages/overview/Overview.svelte')),
  page('funnels', true, () => import('../pages/funnels/Funnels.svelte')),
  page('goals', true, () => import('../pages/goals/Goals.svelte')),
  page('journeys', true, () => import('../pages/journeys/Journeys.svelte')),
  page('live', true, () => import('../pages/live/Live.svelte')),
  page('settings', true, () => import('../pages/settings/Settings.svelte')),
];

/** All others, by path. */
const OTHERS: Record<string, Route> = {
  '/': page('home', false, () => import('../pages/home/Home.svelte')),
  '/setup': page('setup', false, () => import('../pages/entry/Setup.svelte')),
  '/signin': page('signin', false, () => import('../pages/entry/SignIn.svelte')),
  '/recover': page('recover', false, () => import('../pages/entry/Recover.svelte')),
  '/welcome': page('welcome', false, () => import('../pages/entry/Welcome.svelte')),
  '/share': page('share', false, () => import('../pages/entry/Share.svelte')),
  '/new-site': page('new-site', false, () => import('../pages/newsite/NewSite.svelte')),
  '/account': page('account', true, () => import('../pages/account/Account.svelte')),
};

const MISSING = page('missing', false, () => import('../pages/home/Missing.svelte'));

export interface Place {
  route: Route;
  site: string | null;
}

/** Which page an address leads to. */
export function place(path: string): Place {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const found = /^\/sites\/([^/]+)(?:\/([^/]+))?$/.exec(trimmed);
  if (!found) return { route: OTHERS[trimmed] ?? MISSING, site: null };
  const route = SITE_PAGES.find(({ name }) => name === (found[2] ?? 'overview'));
  return { route: route ?? MISSING, site: decode(found[1]!) };
}

const decode = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

class Router {
  url = $state.raw(new URL(location.href));
  readonly place = $derived(place(this.url.pathname));

  /** Goes to an address of the dashboard. A change of the query alone keeps focus and scroll where they are. */
  go(href: string, { replace = false } = {}) {
    const url = new URL(href, this.url);
    if (url.href !== this.url.href) history[replace ? 'replaceState' : 'pushState'](null, '', url);
    this.#arrive(url);
  }

  /** A parameter of the address that a page keeps for itself; the default is left out. */
  keep(name: string, value: string, byDefault = '') {
    const url = new URL(this.url);
    if (value === byDefault) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    this.go(url.href, { replace: true });
  }

  /** Listens to links and to the browser's buttons; gives what stops it. */
  start() {
    const clicked = (event: MouseEvent) => this.#clicked(event);
    const popped = () => this.#arrive(new URL(location.href), false);
    document.addEventListener('click', clicked);
    window.addEventListener('popstate', popped);
    return () => {
      document.removeEventListener('click', clicked);
      window.removeEventListener('popstate', popped);
    };
  }

  #clicked(event: MouseEvent) {
    if (
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.getAttribute('href')?.startsWith('#') || place(link.pathname).route === MISSING) return;
    event.preventDefault();
    this.go(link.href);
  }

  #arrive(url: URL, top = true) {
    const elsewhere = url.pathname !== this.url.pathname;
    // The same address again changes nothing: an effect that goes somewhere would run for ever.
    if (url.href !== this.url.href) this.url = url;
    if (elsewhere) void this.#settle(top);
  }

  async #settle(top: boolean) {
    await tick();
    if (top) window.scrollTo(0, 0);
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

export const router = new Router();
