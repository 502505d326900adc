import type { Locator, Page } from '@playwright/test';
import { expect, test } from './app.ts';

const faces = (page: Page): Locator => page.locator('main').getByRole('option');
const toast = (page: Page): Locator => page.getByRole('region', { name: 'Messages' });

/** Opens the page of the person with the most faces, and returns how many those are. */
async function openFirst(page: Page): Promise<number> {
  await page.keyboard.press('2');
  await page.locator('[data-person]').first().click();
  await expect(faces(page).first()).toBeVisible();
  return faces(page).count();
}

test('faces are confirmed and rejected from the keyboard, and all of it is undone', async ({
  page,
  scannedLibrary,
  open,
}) => {
  await open(scannedLibrary);
  const count = await openFirst(page);
  expect(count).toBeGreaterThan(1);
  const list = page.getByRole('listbox', { name: 'Faces of this person' });
  await list.focus();
  await page.keyboard.press('c');
  await expect(page.getByRole('option', { name: /confirmed$/ })).toHaveCount(1);
  await expect(list).toBeFocused();

  await page.keyboard.press('Home');
  await page.keyboard.press('n');
  await expect(faces(page)).toHaveCount(count - 1);
  await page.keyboard.press('Control+z');
  await expect(faces(page)).toHaveCount(count);
  await page.keyboard.press('Control+Shift+z');
  await expect(faces(page)).toHaveCount(count - 1);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(faces(page)).toHaveCount(count);
  await expect(page.getByRole('option', { name: /confirmed$/ })).toHaveCount(0);

  await list.focus();
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('toolbar', { name: 'Selected faces' })).toContainText(`${count} selected`);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('toolbar', { name: 'Selected faces' })).toBeHidden();
  await page.getByRole('button', { name: `Confirm all ${count}` }).click();
  await expect(page.getByRole('option', { name: /confirmed$/ })).toHaveCount(count);
});

test('a range is selected with the pointer, and Why? explains a face', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await openFirst(page);
  await faces(page).nth(0).click();
  await faces(page)
    .nth(1)
    .click({ modifiers: ['Shift'] });
  const bar = page.getByRole('toolbar', { name: 'Selected faces' });
  await expect(bar).toContainText('2 selected');
  await faces(page).nth(1).click();
  await bar.getByRole('button', { name: 'Why is this face here?' }).click();
  const why = page.getByRole('dialog', { name: 'Why is this face here?' });
  await expect(why.getByRole('heading', { name: 'The nearest faces' })).toBeVisible();
  await expect(why).toContainText(/Kindred guessed that this is this person/);
  await page.keyboard.press('Escape');
  await expect(why).toBeHidden();
  await expect(bar).toBeVisible();
});

test('a face is split off and brought back without leaving the dialog', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  const count = await openFirst(page);
  await page.getByRole('button', { name: 'Split…' }).click();
  const split = page.getByRole('dialog', { name: /^Split / });
  await split.getByRole('option').first().click();
  await split.getByRole('button', { name: 'It is somebody else' }).click();
  await expect(split.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(split.getByRole('option')).toHaveCount(count - 1);
  await split.getByRole('button', { name: 'Undo' }).click();
  await expect(split.getByRole('option')).toHaveCount(count);
  await split.getByRole('button', { name: 'Done' }).click();
  await expect(faces(page)).toHaveCount(count);
  await expect(page.getByRole('button', { name: 'Split…' })).toBeFocused();
});

test('two people are merged from the keyboard', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.keyboard.press('2');
  await page.locator('[data-person]').nth(1).focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Maria');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-person]').first()).toHaveAccessibleName(/^Maria, /);
  await page.locator('[data-person]').nth(1).click();
  await expect(faces(page).first()).toBeVisible();
  const count = await faces(page).count();
  await page.getByRole('button', { name: 'Merge…' }).click();
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('mar');
  await expect(page.getByRole('option', { name: /Maria/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Merge', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Maria');
  await expect(async () => expect(await faces(page).count()).toBeGreaterThan(count)).toPass();
});

test('a name that somebody has already makes them one person', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.keyboard.press('2');
  const cards = page.locator('[data-person]');
  await cards.nth(1).focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Maria');
  await page.keyboard.press('Enter');
  await expect(cards.first()).toHaveAccessibleName(/^Maria, /);
  const before = await cards.count();
  await cards.nth(1).focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('mar');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(cards).toHaveCount(before - 1);
  await toast(page).getByRole('button', { name: 'Undo' }).last().click();
  await expect(cards).toHaveCount(before);
});

test('what is not a face is set aside, and brought back', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  const count = await openFirst(page);
  await page.getByRole('listbox', { name: 'Faces of this person' }).focus();
  await page.keyboard.press('x');
  await expect(faces(page)).toHaveCount(count - 1);
  await page.keyboard.press('2');
  await page.getByRole('button', { name: 'Strangers' }).click();
  await page.getByRole('menuitem', { name: /^Faces set aside/ }).click();
  const aside = page.getByRole('dialog', { name: 'Set aside' });
  await aside.getByRole('listbox', { name: 'Not a face' }).getByRole('option').click();
  await aside.getByRole('button', { name: 'Bring back' }).click();
  await expect(aside.getByText('Nothing is set aside.')).toBeVisible();
});

test('strangers are ignored and come back; the threshold says first what it would give', async ({
  page,
  scannedLibrary,
  open,
}) => {
  await open(scannedLibrary);
  await page.keyboard.press('2');
  const cards = page.locator('[data-person]');
  await expect(cards.first()).toBeVisible();
  const before = await cards.count();
  await page.getByRole('button', { name: 'Strangers' }).click();
  await page.getByRole('menuitem', { name: /^Ignore people seen rarely/ }).click();
  await page.getByRole('spinbutton').fill('3');
  await page.getByRole('button', { name: /^Ignore \d+ (person|people)/ }).click();
  await expect(async () => expect(await cards.count()).toBeLessThan(before)).toPass();
  await page.keyboard.press('Control+z');
  await expect(cards).toHaveCount(before);

  await page.getByRole('button', { name: 'How strict?' }).click();
  const slider = page.getByRole('slider');
  await expect(slider).toBeFocused();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /\d (person|people)$/);
  await expect(async () => {
    const [now, then] = await page
      .getByRole('row', { name: /^People/ })
      .getByRole('cell')
      .allInnerTexts();
    expect(Number(then)).toBeGreaterThan(Number(now));
  }).toPass();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(async () => expect(await cards.count()).toBeGreaterThan(before)).toPass();
});
