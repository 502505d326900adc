import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, partyPhotos, picturesShown, test } from './app.ts';

test('keys walk, zoom, and switch faces and details', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  const tiles = page.locator('[data-photo]');
  await tiles.nth(1).click();
  const view = page.getByRole('dialog', { name: 'Photo' });
  await expect(view.getByText('2 of 6', { exact: true })).toBeVisible();
  await picturesShown(page);

  await page.keyboard.press('ArrowRight');
  await expect(view.getByText('3 of 6', { exact: true })).toBeVisible();
  await page.keyboard.press('End');
  await expect(view.getByText('6 of 6', { exact: true })).toBeVisible();
  await expect(view.getByRole('button', { name: 'Next photo' })).toBeDisabled();
  await page.keyboard.press('Home');
  await expect(view.getByText('1 of 6', { exact: true })).toBeVisible();

  const picture = view.locator('.picture');
  const width = async (): Promise<number> => (await picture.boundingBox())?.width ?? 0;
  const fitted = await width();
  await page.keyboard.press('+');
  await expect.poll(width).toBeGreaterThan(fitted * 1.4);
  await page.keyboard.press('0');
  await expect.poll(width).toBeCloseTo(fitted, 0);
  await picture.hover();
  await page.mouse.wheel(0, -400);
  await expect.poll(width).toBeGreaterThan(fitted * 1.4);
  // Esc goes back to the whole photo first.
  await page.keyboard.press('Escape');
  await expect.poll(width).toBeCloseTo(fitted, 0);
  await picture.dblclick({ position: { x: 20, y: 20 } });
  await expect.poll(width).toBeGreaterThan(fitted * 1.4);
  await picture.dblclick({ position: { x: 20, y: 20 }, force: true });
  await expect.poll(width).toBeCloseTo(fitted, 0);

  const faces = view.locator('.face');
  await expect(faces.first()).toHaveCSS('opacity', '1');
  await page.keyboard.press('f');
  await page.mouse.move(5, 5);
  await expect(faces.first()).toHaveCSS('opacity', '0');
  await faces.first().hover();
  await expect(faces.first()).toHaveCSS('opacity', '1');
  await page.keyboard.press('f');

  await page.keyboard.press('i');
  const details = view.getByRole('complementary', { name: 'Details' });
  await expect(details.getByText(/party-\d\.jpg$/).first()).toBeVisible();
  await expect(details.getByText(/1,920 × 1,\d{3}/)).toBeVisible();
  await page.keyboard.press('i');
  await expect(details).toBeHidden();
});

test('Esc leads back to the same place and focus', async ({ page, scannedLibrary, open }) => {
  await page.setViewportSize({ width: 1024, height: 420 });
  await open(scannedLibrary);
  const tiles = page.locator('[data-photo]');
  const scroller = page.locator('.scroller');
  await expect(tiles).toHaveCount(6);
  await tiles.nth(5).scrollIntoViewIfNeeded();
  const place = await scroller.evaluate((element) => element.scrollTop);
  expect(place).toBeGreaterThan(0);

  await tiles.nth(5).click();
  await expect(page.getByRole('dialog', { name: 'Photo' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tiles.nth(5)).toBeFocused();
  expect(await scroller.evaluate((element) => element.scrollTop)).toBe(place);

  // After walking, the photo walked to has the focus.
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('5 of 6', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tiles.nth(4)).toBeFocused();
});

test('a photo that cannot be reached shows its preview and says so', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await expect(page.locator('[data-photo]')).toHaveCount(6);
  const [from, to] = [join(partyPhotos(), 'party-1.jpg'), join(partyPhotos(), '..', 'away.jpg')];
  await rename(from, to);
  try {
    const ids = await page.locator('[data-photo]').evaluateAll((tiles) => tiles.map((tile) => tile.dataset['photo']));
    const view = page.getByRole('dialog', { name: 'Photo' });
    await page.locator(`[data-photo="${ids[0]}"]`).click();
    for (let i = 0; i < ids.length && !(await view.getByRole('status').isVisible()); i++) {
      await page.keyboard.press('ArrowRight');
      await page.waitForTimeout(300);
    }
    await expect(view.getByRole('status')).toContainText('cannot be reached');
    await expect(view.locator('.preview')).toBeVisible();
  } finally {
    await rename(to, from);
  }
});
