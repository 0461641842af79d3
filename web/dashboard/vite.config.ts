// How the dashboard is bundled: hashed files, nothing inline, so that the strictest content security policy holds.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Browsers that know `light-dark()` and the rest of what the styles use. */
const BROWSERS = ['chrome123', 'firefox121', 'safari17.5'];

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // `vite dev` beside a running server: `waymark serve --listen 127.0.0.1:8642`.
  server: { proxy: { '/api': process.env.WAYMARK_SERVER ?? 'http://127.0.0.1:8642' } },
});
