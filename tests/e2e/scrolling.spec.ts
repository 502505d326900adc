import type { Page } from '@playwright/test';
import { makeBigLibrary } from './big-library.ts';
import { expect, partyPhotos, picturesShown, scanDone, test } from './app.ts';

const count = 10_000;

interface BlankReport {
  frames: number;
  /** Longest time between two frames, in ms. */
  longestFrame: number;
  /** Longest time during which some place in view showed nothing, not even the photo's sketch, in ms. */
  longestBlank: number;
  /** Longest time during which no photo in view was sharp, in ms. */
  longestAllSketches: number;
  /** Longest time during which some photo in view was still a sketch, in ms. */
  longestSomeSketch: number;
}

/** Scrolls in every frame by what `step` says until `ms` have passed, and looks at every tile in view in every frame. */
async function scrollAndWatch(page: Page, pattern: 'read' | 'fling' | 'leap', ms: number): Promise<BlankReport> {
  return await page.evaluate(
    async ({ pattern, ms }) => {
      const scroller = document.querySelector('.scroller');
      if (!scroller) throw new Error('nothing scrolls');
      const view = scroller.getBoundingClientRect();
      const report = { frames: 0, longestFrame: 0, longestBlank: 0, longestAllSketches: 0, longestSomeSketch: 0 };
      const start = performance.now();
      let last = start;
      let shownAt = start;
      let wholeAt = start;
      let coveredAt = start;
      let leaps = 0;
      for (;;) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(() => resolve(performance.now())));
        let drawn = 0;
        let sketched = 0;
        let blank = 0;
        let [coveredFrom, coveredTo] = [Infinity, -Infinity];
        for (const tile of document.querySelectorAll('[data-photo]')) {
          const { top, bottom } = tile.getBoundingClientRect();
          if (bottom <= view.top || top >= view.bottom) continue;
          const image = tile.querySelector('img');
          if (image && image.complete && image.naturalWidth > 0) drawn++;
          else if (getComputedStyle(tile).backgroundImage.startsWith('url("data:')) sketched++;
          else blank++;
          [coveredFrom, coveredTo] = [Math.min(coveredFrom, top), Math.max(coveredTo, bottom)];
        }
        report.frames++;
        report.longestFrame = Math.max(report.longestFrame, now - last);
        if (drawn > 0) shownAt = now;
        if (drawn > 0 && sketched + blank === 0) wholeAt = now;
        // Above and below the tiles there is room for the heads of a month and a day at most.
        const covered = coveredFrom < view.top + 120 && coveredTo > view.bottom - 120;
        if (covered && blank === 0) coveredAt = now;
        report.longestBlank = Math.max(report.longestBlank, now - coveredAt);
        report.longestAllSketches = Math.max(report.longestAllSketches, now - shownAt);
        report.longestSomeSketch = Math.max(report.longestSomeSketch, now - wholeAt);
        if (now - start > ms) return report;
        if (pattern === 'leap') {
          // Somewhere else every 0.8 s, as with the date bar.
          if ((now - start) / 800 > leaps) {
            leaps++;
            scroller.scrollTop = (scroller.scrollHeight * ((leaps * 0.618) % 1)) | 0;
          }
        } else {
          // In pixels per second: the wheel turned steadily, and the whole library in half a minute.
          const speed = pattern === 'read' ? 4000 : (scroller.scrollHeight - view.height) / 30;
          scroller.scrollTop += (speed * Math.min(now - last, 100)) / 1000;
        }
        last = now;
      }
    },
    { pattern, ms },
  );
}

test('ten thousand photos: first paint, and scrolling without blank frames', async ({ page, folder, open }) => {
  await makeBigLibrary(folder, count);
  await page.addInitScript(() => {
    const marks: Record<string, number> = {};
    Object.assign(window, { kindredMarks: marks });
    const look = (): void => {
      const inView = [...document.querySelectorAll('[data-photo]')].filter(
        (tile) => tile.getBoundingClientRect().top < innerHeight,
      );
      const drawn = inView.filter((tile) => {
        const image = tile.querySelector('img');
        return image && image.complete && image.naturalWidth > 0;
      });
      if (inView.length > 0) marks['tiles'] ??= performance.now();
      if (drawn.length > 0) marks['first photo'] ??= performance.now();
      if (inView.length > 0 && drawn.length === inView.length) marks['all in view'] ??= performance.now();
      if (marks['all in view'] === undefined) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const { url } = await open(folder);
  const measure = async (): Promise<Record<string, number>> => {
    await page.waitForFunction(() => 'all in view' in (window as unknown as { kindredMarks: object }).kindredMarks);
    return await page.evaluate(() => ({
      'first contentful paint': performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
      ...(window as unknown as { kindredMarks: Record<string, number> }).kindredMarks,
    }));
  };
  const print = (name: string, values: object): void => {
    const parts = Object.entries(values).map(([key, value]) => `${key} ${Math.round(Number(value))}`);
    console.log(`${count} photos, ${name}: ${parts.join(', ')}`);
  };

  const cold = await measure();
  print('first opening (ms)', cold);
  await page.goto(url.replace(/\?.*/, ''));
  print('opened again (ms)', await measure());

  const reading = await scrollAndWatch(page, 'read', 6000);
  print('turning the wheel, 4,000 px/s (ms)', reading);
  const flinging = await scrollAndWatch(page, 'fling', 31_000);
  print('the whole library in 30 s (ms)', flinging);
  const leaping = await scrollAndWatch(page, 'leap', 8000);
  print('leaping with the date bar (ms)', leaping);
  // How fast is printed, not judged: machines differ. Every picture in view has to come, however it was reached.
  await picturesShown(page);
  expect(await page.locator('[data-photo] img').count()).toBeGreaterThan(0);

  // The last photo is there, and the keyboard gets to it and back.
  const scroller = page.locator('.scroller');
  await scroller.evaluate((element) => element.scrollTo({ top: 0 }));
  await page.locator('[data-photo]').first().focus();
  await page.keyboard.press('End');
  await expect(page.locator('[data-photo]:focus')).toBeInViewport();
  await expect(page.getByText('January 2013').first()).toBeVisible();
  await page.keyboard.press('Home');
  await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBeLessThan(200);

  const slider = page.getByRole('slider', { name: 'Date' });
  await slider.focus();
  const before = await slider.getAttribute('aria-valuetext');
  await page.keyboard.press('PageDown');
  await expect(slider).not.toHaveAttribute('aria-valuetext', before ?? '');
  await page.screenshot({ path: 'test-results/screens/ten-thousand.png' });
});

test('photos that a scan adds do not move what is looked at', async ({ page, folder, open }) => {
  await makeBigLibrary(folder, 300);
  const { url } = await open(folder);
  const scroller = page.locator('.scroller');
  await scroller.evaluate((element) => element.scrollTo({ top: element.scrollHeight / 2 }));
  const found = await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll<HTMLElement>('[data-photo]')];
    const tile = tiles.find((candidate) => {
      const { top } = candidate.getBoundingClientRect();
      return top > 200 && top < 600;
    });
    return tile && { id: tile.dataset['photo'] ?? '', top: tile.getBoundingClientRect().top };
  });
  const looked = (await found.jsonValue()) ?? { id: '', top: NaN };
  expect(looked.id).not.toBe('');

  // The place is kept while other screens are looked at.
  await page.keyboard.press('2');
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
  await page.keyboard.press('1');
  const place = (): Promise<number> =>
    page.locator(`[data-photo="${looked.id}"]`).evaluate((tile) => tile.getBoundingClientRect().top);
  await expect.poll(place).toBeCloseTo(looked.top, 0);

  // Newer photos come in above, from another window.
  const other = await page.context().newPage();
  await other.goto(url.replace(/\?.*/, '#/folders'));
  await other.getByRole('button', { name: 'Add folder' }).click();
  await other.getByLabel('Path of the folder').fill(partyPhotos());
  await other.getByLabel('Path of the folder').press('Enter');
  await expect(other.getByText('6 photos in Party photos')).toBeVisible();
  await other.getByRole('button', { name: 'Add this folder' }).click();
  await scanDone(other);
  await other.close();

  await expect(page.getByRole('link', { name: 'Library' })).toContainText('306');
  await expect.poll(place).toBeCloseTo(looked.top, 0);
});
