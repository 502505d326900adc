import { svelte } from '@sveltejs/vite-plugin-svelte';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Processes, not threads: native modules and process-wide state stay apart from one test file to the next.
    pool: 'forks',
    // Two also where there are two cores: much of the time goes to waiting for processes that tests start.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The converted networks, so that not every library makes them anew.
    env: { KINDRED_NETWORKS: join(tmpdir(), 'kindred-test-networks') },
    projects: [
      {
        extends: true,
        // Compiles the runes of the renderer's `.svelte.ts` files.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          setupFiles: ['tests/support/fixed-seed.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
