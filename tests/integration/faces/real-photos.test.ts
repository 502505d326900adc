import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iou } from '../../../app/faces/detection/box.ts';
import type { Box } from '../../../app/faces/detector.ts';
import type { FaceAnalyzer } from '../../../app/faces/face-analyzer.ts';
import { openPhoto } from '../../../app/library/decode.ts';
import { openAnalyzer } from '../../support/analyzer.ts';
import { makeGroupPhoto } from '../../support/group-photo.ts';

const testData = resolve(process.env['KINDRED_TEST_DATA'] ?? '../shared/data');
const hasBoxes = existsSync(join(testData, 'boxes'));
const hasPortraits = existsSync(join(testData, 'lfw-dev'));
if (!hasBoxes || !hasPortraits) console.warn(`Skipped: face detection on real photos (no ${testData}).`);

let analyzer: FaceAnalyzer;
beforeAll(async () => {
  analyzer = await openAnalyzer();
});
afterAll(() => analyzer.dispose());

/** Boxes of the found faces in pixels. */
async function find(bytes: Uint8Array): Promise<Box[]> {
  const photo = await openPhoto(bytes);
  return (await analyzer.analyze(photo)).map(({ box: [x, y, width, height] }) => ({
    x: x * photo.width,
    y: y * photo.height,
    width: width * photo.width,
    height: height * photo.height,
  }));
}

/** Pairs boxes one to one, best overlap first. */
function countMatches(found: readonly Box[], expected: readonly Box[], minIou: number): number {
  const pairs = found
    .flatMap((a, i) => expected.map((b, k) => ({ i, k, overlap: iou(a, b) })))
    .filter(({ overlap }) => overlap >= minIou)
    .toSorted((a, b) => b.overlap - a.overlap);
  const usedFound = new Set<number>();
  const usedExpected = new Set<number>();
  for (const { i, k } of pairs) {
    if (usedFound.has(i) || usedExpected.has(k)) continue;
    usedFound.add(i);
    usedExpected.add(k);
  }
  return usedFound.size;
}

/** Photos with their boxes, from dlib's XML. */
function parseBoxes(xml: string): { file: string; boxes: Box[] }[] {
  return xml
    .split('<image ')
    .slice(1)
    .map((image) => ({
      file: /file='([^']+)'/.exec(image)![1]!,
      boxes: [...image.matchAll(/<box ([^>]*)\/>/g)].map(([, attributes]) => {
        const read = (name: string): number => Number(new RegExp(`${name}='(-?[\\d.]+)'`).exec(attributes!)![1]);
        return { x: read('left'), y: read('top'), width: read('width'), height: read('height') };
      }),
    }));
}

describe.runIf(hasBoxes)('group photos with hand-drawn boxes', () => {
  it.each(['training.xml', 'testing.xml'])('%s: recall and precision at IoU 0.4', async (file) => {
    let expected = 0;
    let found = 0;
    let matches = 0;
    for (const photo of parseBoxes(await readFile(join(testData, 'boxes', file), 'latin1'))) {
      const faces = await find(await readFile(join(testData, 'boxes', photo.file)));
      expected += photo.boxes.length;
      found += faces.length;
      matches += countMatches(faces, photo.boxes, 0.4);
    }
    expect(expected).toBeGreaterThan(10);
    expect(matches / expected).toBeGreaterThanOrEqual(0.95);
    expect(matches / found).toBeGreaterThanOrEqual(0.95);
  });
});

describe.runIf(hasPortraits)('a group photo of 24 megapixels', () => {
  it('shows 30 faces of 60 to 200 pixels: at least 28 are found, and hardly anything else', async () => {
    const people = (await readdir(join(testData, 'lfw-dev'))).toSorted();
    const images = Array.from({ length: 30 }, (_, i) => {
      const name = people[i * 71]!;
      return join(testData, 'lfw-dev', name, `${name}_0001.jpg`);
    }).filter((path) => existsSync(path));
    const [width, height] = [6000, 4000];
    const { jpeg, boxes } = await makeGroupPhoto({
      images,
      width,
      height,
      count: 30,
      minFace: 60,
      maxFace: 200,
      seed: 4,
    });
    const faces = await find(jpeg);
    const expected = boxes.map(([x, y, w, h]) => ({
      x: x * width,
      y: y * height,
      width: w * width,
      height: h * height,
    }));
    const matches = countMatches(faces, expected, 0.3);
    expect(matches).toBeGreaterThanOrEqual(28);
    expect(faces.length - matches).toBeLessThanOrEqual(2);
  });
});
