import type { Locator, Page } from '@playwright/test';
import { expect, nameCard, test } from './app.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const view = (page: Page): Locator => page.getByRole('dialog', { name: 'Photo', exact: true });
const faces = (page: Page): Locator => view(page).locator('[data-face]');

/** Opens the first photo, and returns how many faces are in it. */
async function openPhoto(page: Page): Promise<number> {
  await page.locator('[data-photo]').first().click();
  await expect(faces(page).first()).toBeVisible();
  return faces(page).count();
}

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('it is not on the screen');
  return box;
}

function expectSameBox(actual: Box, wanted: Box): void {
  for (const side of ['x', 'y', 'width', 'height'] as const) {
    expect(Math.abs(actual[side] - wanted[side]), side).toBeLessThan(1.5);
  }
}

/** Says something about a face by its menu. */
async function say(page: Page, face: Locator, item: string | RegExp): Promise<void> {
  await face.click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a missing face is drawn by mouse and by keyboard, and undone', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  const count = await openPhoto(page);
  const ids = await faces(page).evaluateAll((boxes) => boxes.map((box) => box.dataset['face']));
  const fresh = faces(page).and(page.locator(ids.map((id) => `:not([data-face="${id}"])`).join('')));

  await view(page).getByRole('button', { name: 'Draw a missing face' }).click();
  const frame = view(page).getByRole('group', { name: 'Box of the missing face' });
  await expect(frame).toBeFocused();
  const picture = await boxOf(view(page).locator('.picture'));
  const [x, y] = [picture.x + picture.width * 0.02, picture.y + picture.height * 0.7];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 70, { steps: 4 });
  await page.mouse.up();
  expectSameBox(await boxOf(frame), { x, y, width: 60, height: 70 });
  await view(page).getByRole('button', { name: 'Add face' }).click();
  await expect(fresh).toHaveCount(1);
  await expect(fresh).toBeFocused();
  expectSameBox(await boxOf(fresh), { x, y, width: 60, height: 70 });
  await page.keyboard.press('Control+z');
  await expect(faces(page)).toHaveCount(count);

  await page.keyboard.press('d');
  await expect(frame).toBeFocused();
  const start = await boxOf(frame);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowRight');
  const drawn = { x: start.x - 6, y: start.y + 12, width: start.width + 6, height: start.height };
  expectSameBox(await boxOf(frame), drawn);
  await page.keyboard.press('Enter');
  await expect(fresh).toHaveCount(1);
  expectSameBox(await boxOf(fresh), drawn);
  await expect(faces(page)).toHaveCount(count + 1);

  // Thought better of: nothing happens.
  await page.keyboard.press('d');
  await expect(frame).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(frame).toBeHidden();
  await expect(faces(page)).toHaveCount(count + 1);
});

test('a box is moved, and stays where it was put', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await openPhoto(page);
  const before = await boxOf(faces(page).first());
  const frame = view(page).getByRole('group', { name: 'Box of the face' });
  await say(page, faces(page).first(), 'Move or resize the box');
  await expect(frame).toBeFocused();
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const moved = { ...before, y: before.y - 18 };
  // The face is read anew in its new place, and keeps the focus.
  await expect(view(page).locator('[data-face]:focus')).toBeVisible();
  expectSameBox(await boxOf(view(page).locator('[data-face]:focus')), moved);

  await page.reload();
  await expect(faces(page).first()).toBeVisible();
  expectSameBox(await boxOf(faces(page).first()), moved);
  await page.keyboard.press('Control+z');
  await expect(async () => expectSameBox(await boxOf(faces(page).first()), before)).toPass({ timeout: 30_000 });
});

test('a face in a photo gets the name of somebody known', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await page.keyboard.press('2');
  const cards = page.locator('[data-person]');
  // Nobody who is in the first photo: two faces of one photo are two people.
  await page.keyboard.press('1');
  await openPhoto(page);
  const here = await faces(page).evaluateAll((boxes) => boxes.map((box) => `/media/face/${box.dataset['face']}`));
  await page.keyboard.press('Escape');
  // The keys of the window wait until the photo has gone.
  await expect(view(page)).toBeHidden();
  await page.keyboard.press('2');
  await expect(cards.first()).toBeVisible();
  const other = cards.filter({ hasNot: page.locator(here.map((src) => `[src="${src}"]`).join()) }).last();
  await nameCard(page, other, 'Maria');
  const before = await cards.count();

  await page.keyboard.press('1');
  await openPhoto(page);
  const face = faces(page).last();
  await face.focus();
  await page.keyboard.press('F2');
  await expect(view(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.type('mar');
  await expect(page.getByRole('option', { name: /Maria/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(view(page).getByRole('button', { name: 'Maria, rename' })).toBeVisible();
  await page.keyboard.press('Escape');
  // The keys of the window wait until the photo has gone.
  await expect(view(page)).toBeHidden();
  await page.keyboard.press('2');
  await expect(cards).toHaveCount(before - 1);
  await expect(cards.first()).toHaveAccessibleName('Maria, 2 photos');
});

test('faces of a photo are set aside, one and all others, and brought back', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  const count = await openPhoto(page);
  expect(count).toBeGreaterThan(2);
  const photoMenu = async (item: string, role: 'menuitem' | 'menuitemcheckbox' = 'menuitem'): Promise<void> => {
    await view(page).getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole(role, { name: item }).click();
  };
  await say(page, faces(page).first(), 'Not a face');
  await expect(faces(page)).toHaveCount(count - 1);

  await faces(page).first().focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('Maria');
  await page.keyboard.press('Enter');
  await expect(view(page).getByRole('button', { name: 'Maria, rename' })).toBeVisible();
  await photoMenu('Ignore all others here');
  await expect(faces(page)).toHaveCount(1);
  await expect(faces(page)).toHaveAccessibleName(/^Maria/);

  await photoMenu('Show set-aside faces', 'menuitemcheckbox');
  await expect(faces(page)).toHaveCount(count);
  await expect(view(page).getByRole('button', { name: 'Face set aside: ignored' })).toHaveCount(count - 2);
  await say(page, view(page).getByRole('button', { name: 'Face set aside: not a face' }), 'Bring back');
  await expect(view(page).getByRole('button', { name: 'Face set aside: not a face' })).toHaveCount(0);
  await say(page, view(page).getByRole('button', { name: 'Face set aside: ignored' }).first(), 'Bring back');
  await expect(view(page).getByRole('button', { name: /^Face set aside/ })).toHaveCount(count - 3);
  await page.keyboard.press('Escape');
  // The keys of the window wait until the photo has gone.
  await expect(view(page)).toBeHidden();
  await page.keyboard.press('2');
  await expect(page.getByRole('link', { name: /^Maria, / })).toBeVisible();
});
