import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import type { RelativeBox } from '../app/contract/dto.ts';
import { startWebHost } from '../app/hosts/web/web-host.ts';
import { openService } from '../app/service/service.ts';
import { findBrowser } from './browser.ts';

/**
 * Makes the README's picture, `docs/images/people.png`: the People page of the sample photos, every face pixelated before
 * the browser gets it. Needs `npm run build` first.
 */
const folder = await mkdtemp(join(tmpdir(), 'kindred-screenshot-'));
const service = await openService({ libraryPath: folder, host: 'web' });
const host = await startWebHost(service, { rendererPath: join('dist', 'renderer'), port: 0 });
const browser = await chromium.launch({ executablePath: findBrowser() ?? '', args: ['--no-sandbox'] });
try {
  const scanned = new Promise<void>((resolve) => {
    service.subscribe((event, payload) => {
      if (event === 'scan.progress' && payload !== null && 'phase' in payload && payload.phase === 'done') resolve();
    });
  });
  await service.call('library.addSamples', undefined);
  await scanned;
  const people = await service.call('people.list', undefined);
  for (const [i, name] of ['Ada', 'Grace', 'Maryam'].entries()) {
    const person = people[i];
    if (person) await service.call('people.name', { id: person.id, name });
  }

  const page = await browser.newPage({ viewport: { width: 1280, height: 760 }, deviceScaleFactor: 2 });
  await page.route(/\/media\//, async (route) => {
    const path = new URL(route.request().url()).pathname;
    const { path: file } = await service.media(path);
    const [, kind, id] = /^\/media\/(\w+)\/(\d+)$/.exec(path) ?? [];
    const boxes: RelativeBox[] =
      kind === 'face'
        ? [[0, 0, 1, 1]]
        : (await service.call('library.photo', { id: Number(id) })).faces.map(({ box }) => box);
    await route.fulfill({ contentType: 'image/png', body: await pixelate(await readFile(file), boxes) });
  });
  await page.goto(host.url);
  await page.goto(`${new URL(host.url).origin}/#/people`);
  await page.waitForTimeout(1500);
  await mkdir(join('docs', 'images'), { recursive: true });
  const picture = await page.screenshot();
  await sharp(picture)
    .png({ palette: true })
    .toFile(join('docs', 'images', 'people.png'));
} finally {
  await browser.close();
  await host.close();
  await service.close();
  await rm(folder, { recursive: true, force: true });
}

/** Replaces what the boxes show, with a margin, by eight blocks across. */
async function pixelate(bytes: Buffer, boxes: readonly RelativeBox[]): Promise<Buffer> {
  const { data, info } = await sharp(bytes).autoOrient().removeAlpha().png().toBuffer({ resolveWithObject: true });
  const patches = boxes.map(async ([x, y, w, h]) => {
    const left = Math.max(0, Math.floor((x - w * 0.2) * info.width));
    const top = Math.max(0, Math.floor((y - h * 0.3) * info.height));
    const width = Math.min(info.width - left, Math.ceil(w * 1.4 * info.width));
    const height = Math.min(info.height - top, Math.ceil(h * 1.5 * info.height));
    const blocks = await sharp(data)
      .extract({ left, top, width, height })
      .resize(8, 8, { fit: 'fill' })
      .png()
      .toBuffer();
    const input = await sharp(blocks).resize(width, height, { fit: 'fill', kernel: 'nearest' }).png().toBuffer();
    return { input, left, top };
  });
  return sharp(data)
    .composite(await Promise.all(patches))
    .png()
    .toBuffer();
}
