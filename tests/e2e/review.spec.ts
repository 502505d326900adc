import type { Locator, Page } from '@playwright/test';
import { expect, nameCard, test } from './app.ts';

const title = (page: Page): Locator => page.getByRole('heading', { level: 1 });
const done = (page: Page): Locator => page.getByRole('heading', { name: 'Nothing left to ask' });
const bar = (page: Page): Locator => page.getByRole('group', { name: 'Answers' });
const cards = (page: Page): Locator => page.locator('[data-person]');

/** Waits until there is a question, or nothing left to ask, and every answer has been taken in. */
async function settled(page: Page): Promise<void> {
  await expect(
    page.locator('.question[aria-busy="false"]').or(page.getByRole('button', { name: 'See people' })),
  ).toBeVisible();
}

/** The two faces that the question is about; empty when there is none. */
async function asked(page: Page): Promise<string[]> {
  await settled(page);
  const strips = page.locator('.question').getByRole('list');
  return strips.evaluateAll((lists) =>
    lists.slice(0, 2).map((list) => list.querySelector('img')?.getAttribute('src') ?? ''),
  );
}

async function openReview(page: Page): Promise<void> {
  await page.keyboard.press('4');
  await settled(page);
}

test('questions are answered by keyboard until nothing is left, and never asked again', async ({
  page,
  scannedLibrary,
  open,
}) => {
  const service = await open(scannedLibrary);
  await openReview(page);
  const first = await asked(page);
  await expect(bar(page).getByRole('button', { name: 'Undo' })).toBeDisabled();

  await page.keyboard.press('s');
  await expect.poll(() => asked(page)).not.toEqual(first);
  const second = await asked(page);
  await page.keyboard.press('y');
  await expect(page.getByText('1 answered')).toBeVisible();
  await expect(page.getByText(/^(Noted|\d+ faces? settled)$/)).toBeVisible();
  await expect.poll(() => asked(page)).not.toEqual(second);
  // Taken back one after the other, the questions return.
  await page.keyboard.press('u');
  await expect.poll(() => asked(page)).toEqual(second);
  await page.keyboard.press('Control+z');
  await expect.poll(() => asked(page)).toEqual(first);
  await expect(bar(page).getByRole('button', { name: 'Undo' })).toBeDisabled();

  // The second is a yes, all others a no.
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => asked(page)).toEqual(second);
  await page.keyboard.press('ArrowRight');
  const seen = new Set([String(second)]);
  const answered = (count: number): Locator =>
    page.getByText(`${count} answered`).or(page.getByText(new RegExp(`^${count} answers? settled`)));
  for (let answers = 1; answers < 60; answers++) {
    await expect(answered(answers)).toBeVisible();
    const question = await asked(page);
    if (question.length === 0) break;
    expect(seen).not.toContain(String(question));
    seen.add(String(question));
    await page.keyboard.press('ArrowLeft');
  }
  // What was skipped is not answered, unless the other answers settled it.
  const skipped = page.getByRole('button', { name: 'Ask 1 skipped question' });
  if (await skipped.isVisible()) {
    await skipped.click();
    expect(await asked(page)).toEqual(first);
    await page.keyboard.press('n');
  }
  await expect(done(page)).toBeVisible();

  // Even here the last answer can be taken back.
  await page.getByRole('button', { name: 'Undo the last one' }).click();
  await expect.poll(() => asked(page)).toHaveLength(2);
  await page.keyboard.press('n');
  await expect(done(page)).toBeVisible();
  await service.stop();

  await open(scannedLibrary);
  await openReview(page);
  await expect(done(page)).toBeVisible();
  await expect(page.getByText('Kindred is sure enough about everyone it knows.')).toBeVisible();
  // The yes is still a yes.
  await page.getByRole('button', { name: 'See people' }).click();
  const together = cards(page).filter({ has: page.locator(second.map((src) => `[src="${src}"]`).join()) });
  await expect(together).toHaveCount(1);
  await expect(together).toHaveAccessibleName('Unnamed person, 2 photos');
});

test('"Who is this?" is answered with a name', async ({ page, scannedLibrary, open }) => {
  await open(scannedLibrary);
  await openReview(page);
  const [, asksAbout] = await asked(page);
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/review/);
  await page.keyboard.press('2');
  await nameCard(page, cards(page).filter({ has: page.locator(`[src="${asksAbout}"]`) }), 'Maria');
  const before = await cards(page).count();

  await openReview(page);
  await expect(title(page)).toHaveText(/^Who is this\?/);
  const choices = page.getByRole('list', { name: 'Likeliest people' });
  await expect(choices.getByRole('button', { name: /^Maria/ })).toBeVisible();
  // A face can be seen in its photo first.
  await page
    .locator('.question')
    .getByRole('button', { name: /see its photo$/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').locator('.box')).toBeVisible();
  // Meanwhile the keys say nothing.
  await page.keyboard.press('1');
  await page.keyboard.press('Escape');
  await expect(choices).toBeVisible();
  await expect(bar(page).getByRole('button', { name: 'Undo' })).toBeDisabled();

  await page.keyboard.press('1');
  await expect(page.getByText('1 answered')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(cards(page)).toHaveCount(before - 1);
  await expect(cards(page).first()).toHaveAccessibleName('Maria, 2 photos');
});

test('a contradiction is left as it was, and then takes the place of what was said before', async ({
  page,
  scannedLibrary,
  open,
}) => {
  await open(scannedLibrary);
  await openReview(page);
  const [a, b] = await asked(page);
  await page.keyboard.press('n');
  await expect(page.getByText('1 answered')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/review/);
  await page.keyboard.press('2');

  await expect(cards(page).first()).toBeVisible();
  const count = await cards(page).count();
  const chosen = page.getByRole('toolbar', { name: 'Selected people' });
  const merge = async (): Promise<void> => {
    for (const face of [a, b]) {
      await cards(page)
        .filter({ has: page.locator(`[src="${face}"]`) })
        .focus();
      await page.keyboard.press('Space');
    }
    await expect(chosen).toContainText('2 selected');
    await chosen.getByRole('button', { name: 'Merge' }).click();
  };
  const contradiction = page.getByRole('dialog', { name: 'This does not go together' });
  const saidNo = /Two faces are different people|A face is none of \d+ people/;

  await merge();
  await expect(contradiction.getByText(saidNo)).toBeVisible();
  for (const face of [a, b]) await expect(contradiction.locator(`[src="${face}"]`).first()).toBeVisible();
  await expect(contradiction.getByRole('button', { name: 'Leave everything as it was' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(contradiction).toBeHidden();
  await expect(chosen).toBeHidden();
  await expect(cards(page)).toHaveCount(count);

  await merge();
  await contradiction.getByRole('button', { name: 'Take back the earlier decision' }).click();
  await expect(contradiction).toBeHidden();
  await expect(cards(page)).toHaveCount(count - 1);

  await page.keyboard.press('5');
  const entries = page.locator('main').getByRole('listitem');
  await expect(entries.filter({ hasText: saidNo })).toContainText('Taken back');
  await expect(entries.filter({ hasText: 'Put 2 faces together' })).toHaveCount(1);
  // One step back takes back the merge, and what it replaced stands again.
  await page.keyboard.press('Control+z');
  await expect(entries.filter({ hasText: saidNo })).not.toContainText('Taken back');
  await page.keyboard.press('2');
  await expect(cards(page)).toHaveCount(count);
});
