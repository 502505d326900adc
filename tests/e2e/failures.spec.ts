import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, partyPhotos, test } from './app.ts';

test('what cannot be read is listed with a reason, and can be tried again', async ({ page, folder, open }) => {
  const photos = join(folder, 'photos');
  await mkdir(photos);
  await cp(join(partyPhotos(), 'party-1.jpg'), join(photos, 'good.jpg'));
  await writeFile(join(photos, 'empty.jpg'), '');
  await writeFile(join(photos, 'a <script>letter<script>.jpg'), 'Dear all,\n');
  const library = join(folder, 'library');
  await open(library);
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByLabel('Path of the folder').fill(photos);
  await page.getByLabel('Path of the folder').press('Enter');
  await expect(page.getByText('photos in photos')).toBeVisible();
  await page.getByRole('button', { name: 'Add this folder' }).click();

  await page.getByRole('button', { name: '2 photos could not be read' }).click();
  const dialog = page.getByRole('dialog', { name: 'Photos that could not be read' });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expect(dialog.getByText('a <script>letter<script>.jpg')).toBeVisible();
  await page.screenshot({ path: 'test-results/screens/failures.png' });

  await cp(join(partyPhotos(), 'party-2.jpg'), join(photos, 'empty.jpg'));
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-photo]')).toHaveCount(2);
});

test('a folder is removed, and undo brings it back', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.getByRole('link', { name: 'Folders' }).click();
  await expect(page.getByRole('heading', { name: 'Party photos' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove Party photos from the library' }).click();
  await expect(page.getByRole('heading', { name: 'No folders yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('heading', { name: 'Party photos' })).toBeVisible();
  await page.getByRole('link', { name: 'Library' }).click();
  await expect(page.locator('[data-photo]')).toHaveCount(6);
});
