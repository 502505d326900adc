import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, picturesShown, scannedSamples, test as base } from './app.ts';
import { makeDatedLibrary, type DatedLibrary } from './dated-photos.ts';

const test = base.extend<{ dated: DatedLibrary }, { prepared: DatedLibrary }>({
  // Made once for all of these tests.
  prepared: [
    async ({ browserName: _ }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'kindred-e2e-search-'));
      await use(await makeDatedLibrary(folder, scannedSamples()));
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 240_000 },
  ],
  dated: async ({ folder, prepared }, use) => {
    const library = join(folder, 'dated');
    await cp(prepared.library, library, { recursive: true });
    await use({ ...prepared, library });
  },
});

const photos = (page: Page): Locator => page.locator('main [data-photo]');
const box = (page: Page): Locator => page.getByRole('combobox', { name: /^Search for/ });
const sentence = (page: Page, text: string): Locator => page.getByRole('group', { name: text, exact: true });
const picture = (page: Page): Locator => page.getByRole('group', { name: 'The picture that is searched with' });
const toast = (page: Page): Locator => page.getByRole('region', { name: 'Messages' });

/** Lets a file fall on the window. */
async function drop(page: Page, bytes: Buffer, name = 'picture.jpg', type = 'image/jpeg'): Promise<void> {
  const data = await page.evaluateHandle(
    ([base64, fileName, fileType]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([content], fileName, { type: fileType }));
      return transfer;
    },
    [bytes.toString('base64'), name, type] as const,
  );
  await page.dispatchEvent('main', 'dragenter', { dataTransfer: data });
  await expect(page.getByText('Drop a picture to find who is in it')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}

/** Types into the search box and takes the first suggestion for it. */
async function add(page: Page, words: string, suggestion: RegExp): Promise<void> {
  await page.keyboard.type(words);
  await expect(page.getByRole('option', { name: suggestion }).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
}

test('a dropped photo leads by a face to the person, and a result is rejected', async ({ page, dated, open }) => {
  await open(dated.library);
  await expect(photos(page)).toHaveCount(7);
  await drop(page, await readFile(dated.outside));
  await expect(picture(page).getByRole('button')).toHaveCount(3);
  await picture(page).getByRole('button', { name: 'Face 1 of 3' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Is this Ann?');
  const ann = page.getByRole('listbox', { name: 'Faces of Ann' });
  await expect(ann.getByRole('option')).toHaveCount(7);
  await expect(page.getByRole('separator', { name: /^The limit in use/ })).toBeVisible();

  // By the pointer, and back.
  const last = ann.getByRole('option').last();
  await last.hover();
  await last.locator('[data-answer="no"]').click();
  await expect(ann.getByRole('option')).toHaveCount(6);
  await toast(page).getByRole('button', { name: 'Undo' }).last().click();
  await expect(ann.getByRole('option')).toHaveCount(7);
  // By the keyboard; what was said counts like any other decision.
  const confirmed = ann.getByRole('option', { name: /confirmed$/ });
  const before = await confirmed.count();
  await ann.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('c');
  await expect(confirmed).toHaveCount(before + 1);
  await page.keyboard.press('End');
  await page.keyboard.press('n');
  await expect(ann.getByRole('option')).toHaveCount(6);

  // Both of two faces: photos that show them together.
  await picture(page).getByRole('button', { name: 'Face 2 of 3' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Photos of Ann and Ben');
  await expect(page.getByRole('list', { name: 'Photos of all of them' }).getByRole('listitem')).not.toHaveCount(0);
  await picture(page).getByRole('button', { name: 'Face 2 of 3' }).click();

  await page.getByRole('heading', { level: 2, name: /^Ann/ }).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ann');
  await expect(page.getByRole('heading', { name: /^Photos/ })).toContainText('6');
  await page.goBack();
  await expect(ann.getByRole('option')).toHaveCount(6);
  await page.keyboard.press('Escape');
  await expect(picture(page)).toBeHidden();
  // The image never came to the library.
  await page.keyboard.press('1');
  await expect(photos(page)).toHaveCount(7);
});

test('a picture is chosen as a file or pasted, and stays open over a reload', async ({ page, dated, open }) => {
  await open(dated.library);
  await page.keyboard.press('/');
  await page.getByLabel('Image file to search with').setInputFiles(dated.outside);
  await expect(picture(page).getByRole('button')).toHaveCount(3);
  await picture(page).getByRole('button', { name: 'Face 3 of 3' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Is this Cy?');
  await page.reload();
  await expect(picture(page).getByRole('button', { name: 'Face 3 of 3' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('listbox', { name: 'Faces of Cy' }).getByRole('option')).toHaveCount(1);
  const address = page.url();

  const bytes = await readFile(dated.outside);
  await page.evaluate((base64) => {
    const clipboardData = new DataTransfer();
    const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    clipboardData.items.add(new File([content], 'image.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, bytes.toString('base64'));
  await expect(page).not.toHaveURL(address);
  await expect(picture(page).getByRole('button', { pressed: false })).toHaveCount(3);
  // Only the picture that was opened last is kept.
  await page.goto(address);
  await expect(page.getByText(/not open any more/)).toBeVisible();
});

test('“Ann and Ben, without Cy, 2004–2008” by the keyboard alone, kept as an album and the same after a reload', async ({
  page,
  dated,
  open,
}) => {
  await open(dated.library);
  await expect(photos(page)).toHaveCount(7);
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await add(page, 'ann', /^Ann/);
  await expect(photos(page)).toHaveCount(7);
  await add(page, 'ben', /^Ben/);
  await expect(photos(page)).toHaveCount(5);
  await add(page, 'cy', /^Cy/);
  await expect(photos(page)).toHaveCount(1);
  // Backspace leads from the empty box to what was added last.
  await page.keyboard.press('Backspace');
  await expect(page.getByRole('button', { name: 'Cy', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitemcheckbox', { name: 'Must not be in the photo' }).focus();
  await page.keyboard.press('Enter');
  await expect(sentence(page, 'Photos of Ann and Ben, without Cy')).toBeVisible();
  await expect(photos(page)).toHaveCount(4);
  await box(page).focus();
  await add(page, '2004–2008', /^2004–2008/);
  await expect(sentence(page, 'Photos of Ann and Ben, without Cy, 2004–2008')).toBeVisible();
  await expect(photos(page)).toHaveCount(3);
  const ids = await photos(page).evaluateAll((all) => all.map((photo) => photo.dataset['photo']));
  const address = page.url();

  await page.getByRole('button', { name: 'Save as album…' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('The two of them');
  await page.keyboard.press('Enter');
  const album = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'The two of them' });
  await expect(album).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The two of them');

  await page.reload();
  await expect(sentence(page, 'Photos of Ann and Ben, without Cy, 2004–2008')).toBeVisible();
  await expect(photos(page)).toHaveCount(3);
  expect(await photos(page).evaluateAll((all) => all.map((photo) => photo.dataset['photo']))).toEqual(ids);

  // Through an open photo and back.
  await photos(page).first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Photo', exact: true })).toContainText('1 of 3');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(address);
  await expect(photos(page).first()).toBeFocused();

  // What is taken out comes back with Back.
  await page.getByRole('button', { name: '2004–2008', exact: true }).focus();
  await page.keyboard.press('Delete');
  await expect(photos(page)).toHaveCount(4);
  await page.goBack();
  await expect(photos(page)).toHaveCount(3);

  await page.getByRole('button', { name: 'More about this album' }).click();
  await page.getByRole('menuitem', { name: /^Remove the album/ }).click();
  await expect(album).toBeHidden();
  await toast(page).getByRole('button', { name: 'Undo' }).last().click();
  await expect(album).toBeVisible();
});

test('dates are dragged on the timeline, and a folder is chosen', async ({ page, dated, open }) => {
  await open(dated.library);
  await page.keyboard.press('/');
  await page.getByRole('button', { name: 'Dates' }).click();
  const plot = page.getByRole('group', { name: 'Timeline' });
  const place = await plot.boundingBox();
  if (!place) throw new Error('there is no timeline');
  // A bar for each year from 2004 to 2011: the second to the fifth.
  const at = (bar: number): number => place.x + (place.width * (bar + 0.5)) / 8;
  await page.mouse.move(at(1), place.y + 20);
  await page.mouse.down();
  await page.mouse.move(at(4), place.y + 20, { steps: 5 });
  await page.mouse.up();
  await expect(sentence(page, 'Photos 2005–2008')).toBeVisible();
  await expect(photos(page)).toHaveCount(4);
  await page.getByRole('slider', { name: 'To' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(sentence(page, 'Photos 2005–2007')).toBeVisible();
  // A date that is left half typed changes nothing.
  const from = page.getByRole('textbox', { name: 'From' });
  await from.focus();
  await page.keyboard.press('Backspace');
  await from.blur();
  await expect(from).toHaveValue('2005-01-01');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Dates' })).toBeHidden();
  await expect(sentence(page, 'Photos 2005–2007')).toBeVisible();
  // All that was changed in the editor is one step back.
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Search' })).toBeVisible();
  await expect(sentence(page, 'Photos 2005–2007')).toBeHidden();
  await page.goForward();
  await expect(sentence(page, 'Photos 2005–2007')).toBeVisible();

  await page.getByRole('button', { name: 'Folder' }).click();
  await page.keyboard.type('holi');
  await page.keyboard.press('Enter');
  await expect(sentence(page, 'Photos 2005–2007, in Holidays')).toBeVisible();
  await expect(photos(page)).toHaveCount(2);
});

test('what was found is copied to a folder', async ({ page, folder, dated, open }) => {
  await open(dated.library);
  await page.goto(`${new URL(page.url()).origin}/#/search?from=2010-01-01`);
  await expect(photos(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /^Copy all 2 photos/ }).click();
  const picker = page.getByRole('dialog', { name: 'Copy 2 photos to…' });
  await picker.getByLabel('Path of the folder').fill(folder);
  await picker.getByLabel('Path of the folder').press('Enter');
  await expect(picker.getByRole('button', { name: 'dated' })).toBeVisible();
  await picker.getByRole('button', { name: 'Copy here' }).click();
  const copying = page.getByRole('region', { name: 'Copying files' });
  await expect(copying.getByRole('heading', { name: /^Copied 2 photos/ })).toBeVisible();
  await copying.getByRole('button', { name: 'Close' }).click();
  await expect(copying).toBeHidden();
  expect((await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort()).toEqual([
    'ann-2011.jpg',
    'both-2010.jpg',
  ]);
});

test('what is no picture, has no face or is gone is said plainly', async ({ page, dated, open }) => {
  await open(dated.library);
  await expect(photos(page)).toHaveCount(7);
  await drop(page, Buffer.from('Dear all,\n'), 'letter.jpg');
  await expect(page.getByRole('heading', { name: 'This face cannot be looked for' })).toBeVisible();
  await page.keyboard.press('Escape');

  const grey = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#8a8f99' } })
    .jpeg()
    .toBuffer();
  await drop(page, grey, 'grey.png', 'image/png');
  await expect(page.getByText(/^No face was found in this picture/)).toBeVisible();
  await page.getByRole('button', { name: 'Mark a face by hand' }).click();
  await expect(page.getByRole('group', { name: 'Box of the missing face' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(picture(page).getByRole('button', { name: 'Face 1 of 1' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');

  const origin = new URL(page.url()).origin;
  await page.goto(`${origin}/#/search?all=p999&folder=%2Fgone`);
  await expect(page.getByText('No photo shows this person any more.').first()).toBeVisible();
  await expect(page.getByText('This folder is not in the library any more.').first()).toBeVisible();
  await page.goto(`${origin}/#/find?image=gone`);
  await expect(page.getByRole('heading', { name: 'This face cannot be looked for' })).toBeVisible();
});

test('a face in a photo, years and company lead on', async ({ page, dated, open }) => {
  await open(dated.library);
  await photos(page).first().click();
  const view = page.getByRole('dialog', { name: 'Photo', exact: true });
  await view.locator('[data-face]').first().click();
  await page.getByRole('menuitem', { name: 'Find this face' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Is this Ann?');
  await page.getByRole('listbox', { name: 'Faces of Ann' }).getByRole('option').first().dblclick();
  await expect(view).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(view).toBeHidden();
  await page.getByRole('heading', { level: 2, name: /^Ann/ }).getByRole('link').click();
  const years = page.getByRole('region', { name: 'Through the years' });
  await expect(years.getByRole('listitem')).toHaveCount(7);
  await page.getByRole('link', { name: '5 photos of Ann and Ben' }).click();
  await expect(sentence(page, 'Photos of Ann and Ben')).toBeVisible();
  await expect(photos(page)).toHaveCount(5);
  await page.goBack();
  await years.getByRole('link', { name: /^2007/ }).click();
  await expect(sentence(page, 'Photos of Ann, 2007')).toBeVisible();
  await expect(photos(page)).toHaveCount(1);
});

for (const { scheme, width } of [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 760 },
] as const) {
  test.describe(`${scheme}, ${width} pixels`, () => {
    test.use({ colorScheme: scheme, contextOptions: { reducedMotion: 'reduce' }, viewport: { width, height: 800 } });

    test(`every part of search passes axe (${scheme}, ${width})`, async ({ page, dated, open }) => {
      const check = async (name: string): Promise<void> => {
        await picturesShown(page);
        await page.evaluate(async () => {
          await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
        });
        await page.screenshot({ path: `test-results/screens/${name}-${scheme}-${width}.png` });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(
          ({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
        );
        expect.soft(found).toEqual([]);
        expect.soft(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      };
      await open(dated.library);
      await page.keyboard.press('/');
      await expect(page.getByRole('heading', { name: 'Years' })).toBeVisible();
      await check('search-start');
      await add(page, 'ann', /^Ann/);
      await expect(photos(page)).toHaveCount(7);
      await page.keyboard.type('200');
      await expect(page.getByRole('listbox', { name: 'Suggestions' })).toBeVisible();
      await check('search-suggestions');
      await page.keyboard.press('Escape');
      for (const part of ['People', 'Dates', 'Folder', 'Camera', 'Place', 'More']) {
        await page.getByRole('button', { name: part, exact: true }).click();
        await expect(page.getByRole('dialog', { name: part })).toBeVisible();
        await check(`search-${part.toLowerCase()}`);
        await page.keyboard.press('Escape');
      }
      await page.getByRole('button', { name: 'Ann', exact: true }).click();
      await check('search-person');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Save as album…' }).click();
      await check('search-save');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Export' }).click();
      await check('search-export');
      await page.keyboard.press('Escape');

      await drop(page, await readFile(dated.outside));
      await expect(picture(page).getByRole('button')).toHaveCount(3);
      await check('find-choose');
      await picture(page).getByRole('button').first().click();
      await expect(page.getByRole('listbox', { name: 'Faces of Ann' })).toBeVisible();
      await check('find-results');
      await page.getByRole('option').first().click();
      await check('find-selected');
      await page.keyboard.press('Escape');
      await picture(page).getByRole('button').nth(1).click();
      await expect(page.getByRole('list', { name: 'Photos of all of them' })).toBeVisible();
      await check('find-several');
    });
  });
}
