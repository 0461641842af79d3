// Into the dashboard with a session that the server has just answered with; to signing in where a code is needed too.

import type { Session } from '../../api';
import { router } from '../../lib/router.svelte';
import { session } from '../../lib/session.svelte';

export async function enter(begun: Session, to = '/') {
  session.take(begun);
  if (begun.state !== 'signed_in') return router.go('/signin', { replace: true });
  await session.loadSites();
  router.go(to, { replace: true });
}
