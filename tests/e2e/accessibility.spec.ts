import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, partyPhotos, picturesShown, test } from './app.ts';

/** Looks at the screen with axe, and keeps a picture of it. */
async function check(page: Page, name: string, scheme: string): Promise<void> {
  await picturesShown(page);
  // Colours on the way from one to another are judged wrongly.
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
  await page.screenshot({ path: `test-results/screens/${name}-${scheme}.png` });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
  expect.soft(found).toEqual([]);
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`every screen of a new library passes axe (${scheme})`, async ({ page, folder, open }) => {
      await open(folder);
      await expect(page.getByRole('button', { name: 'Try it with sample photos' })).toBeVisible();
      await check(page, 'welcome', scheme);
      await page.keyboard.press('2');
      await expect(page.getByRole('heading', { name: 'Nobody here yet' })).toBeVisible();
      await check(page, 'people-empty', scheme);
      await page.keyboard.press('3');
      await expect(page.getByRole('heading', { name: 'No folders yet' })).toBeVisible();
      await check(page, 'folders-empty', scheme);
      await page.getByRole('button', { name: 'Choose a folder' }).click();
      await expect(page.getByText(/folders inside it are included/)).toBeVisible();
      await check(page, 'folder-picker', scheme);
      await page.keyboard.press('Escape');
      await expect(page).not.toHaveURL(/photo|review/);
      await page.keyboard.press('4');
      await expect(page.getByRole('heading', { name: 'Nobody to ask about yet' })).toBeVisible();
      await check(page, 'review-empty', scheme);
      await page.keyboard.press('Escape');
      await expect(page).not.toHaveURL(/photo|review/);
      await page.keyboard.press('5');
      await expect(page.getByRole('heading', { name: 'Nothing said yet' })).toBeVisible();
      await check(page, 'history-empty', scheme);
      await page.keyboard.press('6');
      await expect(page.getByRole('heading', { name: 'Improve recognition' })).toBeVisible();
      await check(page, 'learning-new', scheme);
      await page.keyboard.press('7');
      await expect(page.getByRole('heading', { name: 'Models to download' })).toBeVisible();
      await check(page, 'settings-new', scheme);
    });

    test(`every screen of a library in use passes axe (${scheme})`, async ({ page, scannedLibrary, open }) => {
      await open(scannedLibrary);
      await expect(page.locator('[data-photo]')).toHaveCount(6);
      await check(page, 'library', scheme);

      await page.keyboard.press('2');
      await expect(page.locator('[data-person]').first()).toBeVisible();
      await check(page, 'people', scheme);
      await page.locator('[data-person]').first().focus();
      await page.keyboard.press('F2');
      await check(page, 'people-naming', scheme);
      await page.keyboard.type('Anna');
      await page.keyboard.press('Enter');
      await expect(page.getByText('Named Anna.')).toBeVisible();
      await check(page, 'people-named', scheme);

      await page.getByRole('button', { name: 'How strict?' }).click();
      await expect(page.getByRole('slider')).toBeFocused();
      await check(page, 'threshold', scheme);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Strangers' }).click();
      await check(page, 'strangers-menu', scheme);
      await page.getByRole('menuitem', { name: /^Ignore people seen rarely/ }).click();
      await check(page, 'strangers', scheme);
      await page.keyboard.press('Escape');

      await page.locator('[data-person]').first().click();
      await expect(page.getByRole('heading', { name: /^Photos/ })).toBeVisible();
      await check(page, 'person', scheme);
      await page.getByRole('option').first().click();
      await check(page, 'person-selected', scheme);
      await page.keyboard.press('w');
      await expect(page.getByRole('heading', { name: 'The nearest faces' })).toBeVisible();
      await check(page, 'why', scheme);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Split…' }).click();
      await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
      await check(page, 'split', scheme);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Merge…' }).click();
      await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
      await check(page, 'merge', scheme);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await check(page, 'person-more', scheme);
      await page.keyboard.press('Escape');

      await page.locator('[data-photo]').first().click();
      const view = page.getByRole('dialog', { name: 'Photo' });
      await expect(view.locator('.face').first()).toBeVisible();
      await page.keyboard.press('i');
      await expect(view.getByRole('complementary')).toBeVisible();
      await check(page, 'photo', scheme);
      await view.locator('.face .box').first().click();
      await expect(page.getByRole('menuitem', { name: 'Not a face' })).toBeVisible();
      await check(page, 'photo-face-menu', scheme);
      await page.keyboard.press('Escape');
      await page.keyboard.press('d');
      await expect(view.getByRole('button', { name: 'Add face' })).toBeVisible();
      await check(page, 'photo-draw', scheme);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');

      await page.keyboard.press('5');
      await expect(page.getByRole('listitem').filter({ hasText: 'Anna' }).first()).toBeVisible();
      await check(page, 'history', scheme);
      await page.keyboard.press('4');
      await expect(page.getByRole('button', { name: /^Skip/ }).or(page.getByText('Nothing left to ask'))).toBeVisible();
      await check(page, 'review', scheme);
      await page.keyboard.press('Escape');

      await page.keyboard.press('3');
      await expect(page.getByRole('heading', { name: 'Party photos' })).toBeVisible();
      await check(page, 'folders', scheme);
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
      await check(page, 'shortcuts', scheme);
    });

    test(`a narrow window and a list of failures pass axe (${scheme})`, async ({
      page,
      folder,
      scannedLibrary,
      open,
    }) => {
      await page.setViewportSize({ width: 700, height: 640 });
      await writeFile(join(folder, 'letter.jpg'), 'Dear all,\n');
      await open(scannedLibrary);
      await page.keyboard.press('3');
      await page.getByRole('button', { name: 'Add folder' }).click();
      await page.getByLabel('Path of the folder').fill(folder);
      await page.getByLabel('Path of the folder').press('Enter');
      await expect(page.getByText('1 photo in')).toBeVisible();
      await page.getByRole('button', { name: 'Add this folder' }).click();
      await page
        .getByRole('region', { name: 'Scan' })
        .getByRole('button', { name: '1 photo could not be read' })
        .click();
      await expect(page.getByText('letter.jpg')).toBeVisible();
      await check(page, 'failures', scheme);
      await page.keyboard.press('Escape');
      await check(page, 'folders-narrow', scheme);
      await page.keyboard.press('6');
      await expect(page.getByRole('heading', { name: 'Improve recognition' })).toBeVisible();
      await check(page, 'learning-narrow', scheme);
      await page.keyboard.press('7');
      await expect(page.getByRole('heading', { name: 'Models to download' })).toBeVisible();
      await check(page, 'settings-narrow', scheme);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
      await page.keyboard.press('1');
      await expect(page.locator('[data-photo]')).toHaveCount(6);
      await check(page, 'library-narrow', scheme);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
    });
  });
}

test('everything can be done from the keyboard', async ({ page, folder, open }) => {
  await open(folder);
  const choose = page.getByRole('button', { name: 'Choose a folder' });
  const tabTo = async (target: ReturnType<Page['locator']>): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('Tab does not lead there');
  };
  await expect(choose).toBeVisible();
  await tabTo(choose);
  await page.keyboard.press('Enter');
  // The path is ready to be typed over.
  await expect(page.getByLabel('Path of the folder')).toBeFocused();
  await expect(page.getByLabel('Path of the folder')).not.toHaveValue('');
  await page.keyboard.type(join(partyPhotos(), '..'));
  await page.keyboard.press('Enter');
  const party = page.getByRole('button', { name: 'Party photos' });
  await expect(party).toBeVisible();
  await tabTo(page.getByRole('dialog').getByRole('list').getByRole('button').first());
  while (!(await party.evaluate((element) => element === document.activeElement)))
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('6 photos in')).toBeVisible();
  await tabTo(page.getByRole('button', { name: 'Add this folder' }));
  await page.keyboard.press('Enter');

  await expect(page.locator('[data-photo]')).toHaveCount(6);
  await tabTo(page.locator('[data-photo]').first());
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('[data-photo]').nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const view = page.getByRole('dialog', { name: 'Photo' });
  await expect(view).toBeVisible();
  await expect(view.locator('.face').first()).toBeAttached();
  await tabTo(view.locator('.face .box').first());
  await page.keyboard.press('F2');
  await page.keyboard.type('Kim');
  await page.keyboard.press('Enter');
  await expect(view.getByRole('button', { name: 'Kim, rename' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-photo]:focus')).toBeVisible();

  // While the scan goes on people come and change places, and with them what Tab leads to.
  await expect(page.getByRole('heading', { name: 'Up to date' })).toBeVisible();
  await page.keyboard.press('2');
  const kim = page.getByRole('link', { name: /^Kim, \d+ photo/ });
  await expect(kim).toBeVisible();
  // One card is in the tab order: the first, or whichever had the focus when Kim came to the front.
  await expect(page.locator('[data-person]').first()).toHaveAccessibleName(/^Kim, /);
  await tabTo(kim);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Kim');
  await page.keyboard.press('Escape');
  await expect(kim).toBeFocused();
});
