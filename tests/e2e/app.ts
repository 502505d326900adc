import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonFaces } from '../../app/contract/dto.ts';
import { runCli, startCli } from '../support/cli.ts';

/** A running service, as `kindred serve` starts it. */
export interface RunningService {
  url: string;
  stop(): Promise<void>;
}

interface Fixtures {
  /** An empty folder that goes away with the test. */
  folder: string;
  /** Starts a service; it is stopped with the test at the latest. */
  serve: (library: string) => Promise<RunningService>;
  /** A copy of the library with the six scanned sample photos. */
  scannedLibrary: string;
  /** Opens the window on a library and waits until it is drawn. */
  open: (library: string) => Promise<RunningService>;
}

/** What setting up left for the tests: `Party photos`, and `library`, which knows them. */
const prepared = (name: string): string => join(process.env['KINDRED_E2E'] ?? '', name);
export const partyPhotos = (): string => prepared('Party photos');
/** The library itself; tests that change anything take a copy. */
export const scannedSamples = (): string => prepared('library');

export const test = base.extend<Fixtures>({
  folder: async ({ browserName: _ }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'kindred-e2e-test-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },

  serve: async ({ page }, use) => {
    const running: RunningService[] = [];
    await use(async (library) => {
      const service = await startService(library);
      running.push(service);
      return service;
    });
    // The window goes first: a picture still on its way when the service stops would count as a complaint.
    await page.goto('about:blank');
    for (const service of running) await service.stop();
  },

  scannedLibrary: async ({ folder }, use) => {
    const library = join(folder, 'library');
    await cp(prepared('library'), library, { recursive: true });
    await use(library);
  },

  open: async ({ page, serve }, use) => {
    await use(async (library) => {
      const service = await serve(library);
      await page.goto(service.url);
      await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
      return service;
    });
  },

  // Nothing may be blocked by the content security policy, fail to load or throw, in any test.
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isExpected(message.text())) complaints.push(message.text());
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** Some tests stop the service on purpose, or take photos away. */
function isExpected(text: string): boolean {
  return /WebSocket connection|ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|status of 404/.test(text);
}

async function startService(library: string): Promise<RunningService> {
  const { process: child, ended } = startCli('serve', '--library', library, '--port', '0', '--json');
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const line = /^\{"url".*\}$/m.exec(out)?.[0];
      if (line !== undefined) resolve((JSON.parse(line) as { url: string }).url);
    });
    void ended.then(({ stderr }) => reject(new Error(`the service ended: ${stderr}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Waits until the scan is over. */
export async function scanDone(page: Page): Promise<void> {
  await expect(page.getByRole('region', { name: 'Scan' }).getByRole('heading')).toHaveText('Up to date', {
    timeout: 150_000,
  });
}

/** Everybody in a library with every one of their faces, as `kindred people` reads it beside the window. */
export async function peopleIn(library: string): Promise<PersonFaces[]> {
  const { code, stdout, stderr } = await runCli('people', '--library', library, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as PersonFaces[];
}

/** Gives somebody on the People screen a name. */
export async function nameCard(page: Page, card: Locator, name: string): Promise<void> {
  await card.focus();
  await page.keyboard.press('F2');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: new RegExp(`^${name}, `) })).toBeVisible();
}

/** Waits until every picture in view has been drawn, so that screenshots are whole. */
export async function picturesShown(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { top, bottom, width } = image.getBoundingClientRect();
      return bottom < 0 || top > innerHeight || width === 0 || (image.complete && image.naturalWidth > 0);
    }),
  );
}
