import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeLearningLibrary } from '../support/learning-library.ts';
import { expect, test } from './app.ts';

const panel = (page: Page, name: string) => page.getByRole('region', { name });

/** Twenty people whose photos differ in what does not matter: there is something to learn. */
async function dimLibrary(folder: string): Promise<string> {
  const library = join(folder, 'library');
  await makeLearningLibrary(library, { people: 20, faces: 16, confirmed: 8 });
  return library;
}

async function train(page: Page): Promise<void> {
  await page.keyboard.press('6');
  await panel(page, 'Improve recognition').getByRole('button', { name: 'Improve recognition' }).click();
  await expect(page.getByRole('progressbar', { name: 'Learning from your corrections' })).toBeVisible();
}

test('what was learned is shown, kept, gone back from, saved and imported, and no name changes', async ({
  page,
  folder,
  open,
}) => {
  const library = await dimLibrary(folder);
  // The sidebar has the eight with most photos, by name.
  const people = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Person \d+$/ });
  await open(library);
  await expect(people).toHaveCount(8);
  await train(page);
  await expect(page.getByRole('img', { name: /^The triplet loss/ })).toBeVisible();

  const candidate = panel(page, 'It got better');
  await expect(candidate.getByRole('row', { name: /^Recognised/ })).toContainText('%');
  await expect(candidate.getByRole('img', { name: /^ROC/ })).toBeVisible();
  await expect(candidate.getByRole('img', { name: /^How distances .* spread after/ })).toBeVisible();
  await expect(candidate.getByRole('heading', { name: /that were wrong are now right/ })).toBeVisible();
  await candidate.getByRole('button', { name: 'Keep it' }).click();

  const version = page.getByRole('listitem').filter({ hasText: 'Version 1' });
  await expect(version.getByText('In use')).toBeVisible();
  await expect(panel(page, 'Improve recognition')).toContainText('0 corrections since the last training');
  await expect(people).toHaveCount(8);

  await version.getByRole('button', { name: 'More about Version 1' }).click();
  await page.getByRole('menuitem', { name: 'Save as a file' }).click();
  await page.getByLabel('Path of the folder').fill(folder);
  await page.getByLabel('Path of the folder').press('Enter');
  await expect(page.getByRole('dialog').getByText(/is written into/)).toBeVisible();
  await page.getByRole('button', { name: 'Save here' }).click();
  await expect(page.getByText(/^Saved as /)).toBeVisible();
  const file = join(folder, 'kindred-version-1.safetensors');
  expect((await stat(file)).size).toBeGreaterThan(100_000);

  await page.getByRole('button', { name: 'Use the models as they came' }).click();
  await expect(version.getByRole('button', { name: 'Use Version 1' })).toBeVisible();
  await version.getByRole('button', { name: 'More about Version 1' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(version).toHaveCount(0);

  await page.getByRole('button', { name: 'Import…' }).click();
  await page.getByLabel(/^Path of a file/).fill(join(library, 'kindred.db'));
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('is not a model version');
  await page.getByLabel(/^Path of a file/).fill(file);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Imported' })).toBeVisible();
  await page.getByRole('button', { name: /^Use Version/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'In use' }).filter({ hasText: 'Version' })).toBeVisible();
  await expect(people).toHaveCount(8);
});

test('a training can be paused and cancelled', async ({ page, folder, open }) => {
  await open(await dimLibrary(folder));
  await train(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { name: 'Learning from your corrections' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel(page, 'Improve recognition')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Version' })).toHaveCount(0);
});

test('where there is nothing to learn, it says so and changes nothing', async ({ page, folder, open }) => {
  const library = join(folder, 'library');
  await makeLearningLibrary(library, { people: 6, faces: 8, confirmed: 4, nuisance: 0 });
  await open(library);
  await train(page);
  await expect(page.getByText('The last training made it no better, so nothing was changed.')).toBeVisible();
  const version = page.getByRole('listitem').filter({ hasText: 'Version 1' });
  await expect(version).toContainText('Not better, not used');
  await version.getByRole('button', { name: 'Report of Version 1' }).click();
  await expect(version.getByRole('row', { name: /^Everybody else/ })).toBeVisible();
});

test('where too little is confirmed, it says what is missing', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.keyboard.press('6');
  const improve = panel(page, 'Improve recognition');
  await expect(improve).toContainText('5 people');
  await expect(improve.getByRole('button', { name: 'Improve recognition' })).toBeDisabled();
  await improve.getByRole('button', { name: 'Answer questions' }).click();
  await expect(page).toHaveURL(/#\/review$/);
});

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, contextOptions: { reducedMotion: 'reduce' } });

    test(`the report passes axe, also where the window is narrow (${scheme})`, async ({ page, folder, open }) => {
      await open(await dimLibrary(folder));
      await train(page);
      await expect(panel(page, 'It got better').getByRole('img', { name: /^ROC/ })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations).toEqual([]);
      await page.setViewportSize({ width: 700, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
    });
  });
}
