import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { findBrowser } from './scripts/browser.ts';

// The converted networks, so that not every library makes them anew.
process.env['KINDRED_NETWORKS'] ??= join(tmpdir(), 'kindred-test-networks');

const executablePath = findBrowser();
// Chromium's own sandbox cannot be used by root, which is who runs in many containers.
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  globalSetup: './tests/e2e/global-setup.ts',
  // Every test has a service with threads of its own, and much of its time goes to waiting: two keep two cores busy.
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  // Machines of a build are shared and slow; what passes only the second time is printed as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { ...(executablePath !== null && { executablePath }), args },
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-GB',
    screenshot: 'only-on-failure',
  },
});
