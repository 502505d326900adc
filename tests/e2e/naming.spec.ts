import { expect, test } from './app.ts';

test('a name is given in place, undone, and taken away', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.getByRole('link', { name: 'People' }).click();
  const card = page.locator('[data-person]').first();
  await card.focus();
  await page.keyboard.press('F2');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('Not her');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeHidden();
  await expect(page.getByText('Not her')).toBeHidden();

  await card.focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Maria');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-person]').first()).toHaveAccessibleName(/^Maria, /);
  await expect(page.locator('[data-person]').first()).toBeFocused();
  await expect(page.getByText('Named Maria.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Maria, rename' })).toBeHidden();
  await expect(page.locator('[data-person]').first()).toHaveAccessibleName(/^Unnamed person, /);
});

test('a person is named in a photo, and found from there', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.locator('[data-photo]').first().click();
  const view = page.getByRole('dialog', { name: 'Photo' });
  await view.getByRole('button', { name: 'Name this person' }).first().click();
  await view.getByRole('combobox').fill('Jo <script>alert(1)</script>');
  await view.getByRole('combobox').press('Enter');
  await expect(view.getByRole('button', { name: 'Jo <script>alert(1)</script>, rename' })).toBeVisible();

  await view.locator('.box[aria-label^="Jo "]').click();
  await page.getByRole('menuitem', { name: /^See all photos of Jo / }).click();
  await expect(view).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jo <script>alert(1)</script>');
  await page.goBack();
  await expect(view).toBeVisible();
});
