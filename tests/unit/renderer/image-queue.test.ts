import { expect, test } from 'vitest';
import { ImageQueue } from '../../../renderer/ui/photo-grid/image-queue.ts';

/** Stands in for an `<img>`: an event target with an address. */
const picture = (): HTMLImageElement => Object.assign(new EventTarget(), { src: '' }) as unknown as HTMLImageElement;

const microtasks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('loads a few at a time, those nearest to the view first, wherever that has moved to', async () => {
  let view = 1000;
  const queue = new ImageQueue(() => ({ y: view, spread: 0 }));
  const images = Array.from({ length: 40 }, () => picture());
  const removers = images.map((image, i) => queue.add(image, `/${i}`, () => i * 100, i % 4));
  await microtasks();
  const started = (): number[] => images.flatMap((image, i) => (image.src === '' ? [] : [i]));
  expect(started()).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

  // The view went on, and one of those waiting there has left again.
  view = 3000;
  removers[30]?.();
  images[6]?.dispatchEvent(new Event('load'));
  images[7]?.dispatchEvent(new Event('error'));
  await microtasks();
  expect(started().filter((i) => i > 15)).toEqual([29, 31]);

  for (let i = 0; i < 40; i++) for (const image of images) if (image.src !== '') image.dispatchEvent(new Event('load'));
  expect(started()).toHaveLength(39);
});

test('while the view moves fast, some pictures come everywhere rather than all of them in one place', async () => {
  const queue = new ImageQueue(() => ({ y: 2000, spread: 1200 }));
  const images = Array.from({ length: 40 }, () => picture());
  images.forEach((image, i) => queue.add(image, `/${i}`, () => i * 100, i % 4));
  await microtasks();
  const started = images.flatMap((image, i) => (image.src === '' ? [] : [i]));
  expect(started.filter((i) => i % 4 === 0).length).toBeGreaterThanOrEqual(8);
});
