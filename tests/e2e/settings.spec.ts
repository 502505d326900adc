import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeMadePack } from '../support/made-packs.ts';
import { makeSampleAlbum } from '../support/sample-album.ts';
import { expect, nameCard, peopleIn, scanDone, test } from './app.ts';

const panel = (page: Page) => page.getByRole('group', { name: 'Switching models' });

async function pickFolder(page: Page, path: string): Promise<void> {
  await page.getByLabel('Path of the folder').fill(path);
  await page.getByLabel('Path of the folder').press('Enter');
  await expect(page.getByRole('dialog').getByText('is checked, tried and copied')).toBeVisible();
  await page.getByRole('button', { name: 'Add this pack' }).click();
}

test('a pack is added from a folder, used, gone back from and removed, and names stay', async ({
  page,
  folder,
  scannedLibrary,
  open,
}) => {
  const pack = await writeMadePack(join(folder, 'pack'));
  await mkdir(join(folder, 'nothing'));
  await open(scannedLibrary);
  await page.keyboard.press('2');
  await nameCard(page, page.locator('[data-person]').first(), 'Anna');
  const anna = (): Promise<number | undefined> =>
    peopleIn(scannedLibrary).then((people) => people.find(({ name }) => name === 'Anna')?.faces.length);
  expect(await anna()).toBeGreaterThan(0);

  await page.keyboard.press('7');
  await page.getByRole('button', { name: 'Add from a folder' }).click();
  await pickFolder(page, join(folder, 'nothing'));
  await expect(page.getByRole('alert')).toContainText('is no model pack');
  await pickFolder(page, pack);
  await expect(page.getByText('Added Made for tests.')).toBeVisible();
  const item = page.getByRole('listitem').filter({ hasText: 'Made for tests' });
  await expect(item).toContainText('Tells faces apart');
  await expect(item).toContainText('made@1');

  await item.getByRole('button', { name: 'Use Made for tests' }).click();
  await expect(item.getByText('Chosen')).toBeVisible();
  await expect(page.getByText('In use: Built-in models; Made for tests (careful)')).toBeVisible();
  await expect(panel(page)).toBeHidden();
  await expect(item.getByRole('button', { name: /^Remove/ })).toHaveCount(0);
  expect(await anna()).toBeGreaterThan(0);

  await page.getByRole('button', { name: 'Use Built-in models' }).click();
  await expect(page.getByText('In use: Built-in models (careful)')).toBeVisible();
  await item.getByRole('button', { name: /^Remove/ }).click();
  await expect(item).toHaveCount(0);
  await page.keyboard.press('2');
  await expect(page.getByRole('link', { name: /^Anna, / })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`reading with other models is seen, paused and called off from the keyboard (${scheme})`, async ({
      page,
      folder,
      scannedLibrary,
      open,
    }) => {
      const photos = join(folder, 'photos');
      await makeSampleAlbum(photos, 40, 1000);
      await open(scannedLibrary);
      await page.keyboard.press('3');
      await page.getByRole('button', { name: 'Add folder' }).click();
      await page.getByLabel('Path of the folder').fill(photos);
      await page.getByLabel('Path of the folder').press('Enter');
      await expect(page.getByText('40 photos in')).toBeVisible();
      await page.getByRole('button', { name: 'Add this folder' }).click();
      await scanDone(page);

      await page.keyboard.press('7');
      await page.getByRole('radio', { name: /^Careful/ }).focus();
      await page.keyboard.press('ArrowDown');
      await expect(page.getByRole('radio', { name: /^Quick/ })).toBeChecked();
      const pause = panel(page).getByRole('button', { name: 'Pause' });
      await pause.focus();
      await page.keyboard.press('Enter');
      await expect(panel(page).getByRole('heading', { name: 'Paused' })).toBeVisible();
      await expect(panel(page).getByRole('progressbar')).toBeVisible();
      await page.screenshot({ path: `test-results/screens/settings-paused-${scheme}.png` });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

      // Still so after a reload.
      await page.reload();
      await expect(panel(page).getByRole('heading', { name: 'Paused' })).toBeVisible();
      await page.getByRole('button', { name: 'Keep what is in use' }).click();
      await expect(panel(page)).toBeHidden();
      await expect(page.getByRole('radio', { name: /^Careful/ })).toBeChecked();

      await page.getByRole('radio', { name: /^Quick/ }).check();
      await expect(page.getByText('In use: Built-in models (quick)')).toBeVisible();
    });
  });
}

test('a library whose pack is gone says so, and shows its people', async ({ page, folder, scannedLibrary, open }) => {
  const pack = await writeMadePack(join(folder, 'pack'));
  const service = await open(scannedLibrary);
  await page.keyboard.press('7');
  await page.getByRole('button', { name: 'Add from a folder' }).click();
  await pickFolder(page, pack);
  await page.getByRole('button', { name: 'Use Made for tests' }).click();
  await expect(page.getByText('In use: Built-in models; Made for tests (careful)')).toBeVisible();
  await service.stop();
  await page.goto('about:blank');
  await rm(join(scannedLibrary, 'models', 'made@1'), { recursive: true });

  await open(scannedLibrary);
  await page.keyboard.press('7');
  await expect(page.getByRole('alert')).toContainText('There is no model pack made@1 in this library.');
  await page.keyboard.press('2');
  await expect(page.locator('[data-person]').first()).toBeVisible();
});
