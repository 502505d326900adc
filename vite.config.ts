import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The running service for `npm run dev:renderer`: the whole address that `kindred serve` printed, with its token. */
const service = new URL(process.env['KINDRED_SERVICE'] ?? 'http://127.0.0.1:4180/');
const proxied = {
  target: service.origin,
  changeOrigin: true,
  // What the service asks of its own page, see app/hosts/web.
  headers: {
    origin: service.origin,
    cookie: `kindred-token-${service.port}=${service.searchParams.get('token') ?? ''}`,
  },
};

export default defineConfig({
  root: here('./renderer'),
  // Both hosts serve the page at the root of its own origin.
  base: '/',
  plugins: [svelte({ configFile: here('./svelte.config.js') })],
  build: {
    outDir: here('./dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    // The content security policy allows no data: addresses and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/media': proxied,
      '/socket': { ...proxied, ws: true },
    },
  },
});
