import type { WebSocketRoute } from '@playwright/test';
import { join } from 'node:path';
import { makeSampleAlbum } from '../support/sample-album.ts';
import { expect, partyPhotos, scanDone, test } from './app.ts';

test('a folder becomes people, a name is given, and it is still there after a restart', async ({
  page,
  folder,
  open,
}) => {
  const service = await open(folder);
  await expect(page.getByRole('heading', { name: 'Your photos, and the people in them' })).toBeVisible();

  await page.getByRole('button', { name: 'Choose a folder' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose a folder of photos' });
  const path = dialog.getByLabel('Path of the folder');
  await expect(path).toBeFocused();
  await path.fill(`${partyPhotos()}/nowhere`);
  await path.press('Enter');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await path.fill(partyPhotos());
  await path.press('Enter');
  await expect(dialog.getByText('6 photos in Party photos')).toBeVisible();
  await page.screenshot({ path: 'test-results/screens/choose-folder.png' });
  await dialog.getByRole('button', { name: 'Add this folder' }).click();
  await expect(dialog).toBeHidden();

  // Photos can be looked at while the scan goes on.
  await expect(page.locator('[data-photo]').first()).toBeVisible();
  // The button that opened the dialog is gone: Tab goes on with the photos.
  await expect(page.getByRole('main')).toBeFocused();
  await scanDone(page);
  await expect(page.locator('[data-photo]')).toHaveCount(6);

  await page.getByRole('link', { name: 'People' }).click();
  const cards = page.locator('[data-person]');
  await expect(cards.first()).toBeVisible();
  expect(await cards.count()).toBeGreaterThan(1);
  await cards.first().click();
  await expect(page.getByRole('heading', { name: /^Faces/ })).toBeVisible();

  await page.getByRole('button', { name: 'Name this person' }).click();
  await page.getByRole('combobox').fill('Anna Lund');
  await page.getByRole('combobox').press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Anna Lund');
  await expect(page.getByText('Named Anna Lund.')).toBeVisible();

  await service.stop();
  await expect(page.getByText('Connection lost')).toBeVisible();
  await open(folder);
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await expect(cards.first()).toHaveAccessibleName(/^Anna Lund, \d photos?$/);
});

test('the sample photos are one click away', async ({ page, folder, open }) => {
  await open(folder);
  await page.getByRole('button', { name: 'Try it with sample photos' }).click();
  await expect(page.getByRole('main')).toBeFocused();
  await scanDone(page);
  await expect(page.locator('[data-photo]')).toHaveCount(6);
  await page.getByRole('link', { name: 'People' }).click();
  await expect(page.locator('[data-person]').first()).toBeVisible();
});

test('a scan is paused, resumed, stopped and gone on with', async ({ page, folder, open }) => {
  const photos = join(folder, 'album');
  await makeSampleAlbum(photos, 30);
  await open(join(folder, 'library'));
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByLabel('Path of the folder').fill(photos);
  await page.getByLabel('Path of the folder').press('Enter');
  await expect(page.getByText('30 photos in album')).toBeVisible();
  await page.getByRole('button', { name: 'Add this folder' }).click();

  const scan = page.getByRole('region', { name: 'Scan' });
  const heading = scan.getByRole('heading');
  await scan.getByRole('button', { name: 'Pause' }).click();
  await expect(heading).toHaveText('Paused');
  await scan.getByRole('button', { name: 'Go on' }).click();
  await expect(heading).toHaveText('Finding faces');
  await expect(scan.getByRole('progressbar')).toBeVisible();
  await scan.getByRole('button', { name: 'Stop the scan' }).click();
  await expect(heading).toHaveText('Stopped');
  await scan.getByRole('button', { name: 'Go on' }).click();
  await scanDone(page);
  await expect(page.getByRole('link', { name: 'Library' })).toContainText('30');
});

test('the window comes back by itself when the connection does', async ({ page, scannedLibrary, open }) => {
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/socket$/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await open(scannedLibrary);
  await expect(page.locator('[data-photo]')).toHaveCount(6);
  await sockets[0]?.close();
  const lost = page.getByRole('alert').filter({ hasText: 'Connection lost' });
  await expect(lost).toBeVisible();
  await expect(lost).toBeHidden();
  await page.getByRole('link', { name: 'People' }).click();
  await page.locator('[data-person]').first().click();
  await expect(page.getByRole('heading', { name: /^Faces/ })).toBeVisible();
});
