import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnalyzedFace, FaceAnalyzer } from '../../../app/faces/face-analyzer.ts';
import { builtInChoice, defaultThresholdOf } from '../../../app/faces/models/choice.ts';
import { openPhoto } from '../../../app/library/decode.ts';
import { createRandom } from '../../support/random.ts';
import { openAnalyzer } from '../../support/analyzer.ts';
import { samplePhotos } from '../../support/sample-album.ts';

let analyzer: FaceAnalyzer;
let samples: AnalyzedFace[][];

beforeAll(async () => {
  analyzer = await openAnalyzer();
  samples = [];
  for (const path of samplePhotos) samples.push(await analyzer.analyze(await openPhoto(await readFile(path))));
});

afterAll(() => analyzer.dispose());

function distance(a: AnalyzedFace, b: AnalyzedFace): number {
  return a.embedding.reduce((sum, value, i) => sum + (value - b.embedding[i]!) ** 2, 0);
}

async function analyzeVaried(vary: (image: Sharp) => Sharp, sample = 0): Promise<AnalyzedFace[]> {
  const bytes = await vary(sharp(samplePhotos[sample])).jpeg({ quality: 92 }).toBuffer();
  return analyzer.analyze(await openPhoto(bytes));
}

describe('the sample photos', () => {
  it('show 21 faces, and one in profile', () => {
    expect(samples.map((faces) => faces.length)).toEqual([3, 3, 3, 4, 5, 4]);
  });

  it('come with everything that is kept of a face', async () => {
    for (const face of samples.flat()) {
      const [x, y, width, height] = face.box;
      expect(x > 0 && y > 0 && x + width < 1 && y + height < 1).toBe(true);
      expect(face.score > 0.3 && face.score <= 1).toBe(true);
      expect(Math.hypot(...face.embedding)).toBeCloseTo(1, 4);
      expect(face.embedding.length).toBe(128);
      expect(face.quality.sizePx).toBeCloseTo(width * 1920, 0);
      const eyesAndMouth = [...face.landmarks];
      for (let i = 0; i < 10; i += 2) {
        expect(Math.abs(eyesAndMouth[i]! - (x + width / 2))).toBeLessThan(width);
        expect(Math.abs(eyesAndMouth[i + 1]! - (y + height / 2))).toBeLessThan(height);
      }
      const crop = await sharp(face.crop).metadata();
      expect([crop.format, crop.width, crop.height]).toEqual(['jpeg', 256, 256]);
    }
  });

  it('keep the people of one photo apart', () => {
    for (const faces of samples) {
      const clear = faces.filter(({ quality }) => quality.pose > 0.1);
      for (const [i, a] of clear.entries()) {
        for (const b of clear.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(defaultThresholdOf(builtInChoice));
      }
    }
  });
});

describe('the same photo in another form', () => {
  it.each([
    ['smaller', (image: Sharp) => image.resize(900)],
    ['much larger', (image: Sharp) => image.resize(6000)],
    ['darker and flat', (image: Sharp) => image.linear(0.35, 10)],
    ['grey', (image: Sharp) => image.greyscale()],
    ['turned by EXIF', (image: Sharp) => image.rotate(90).withMetadata({ orientation: 8 })],
  ])('%s: the same people', async (_, vary) => {
    const found = await analyzeVaried(vary);
    expect(found.length).toBe(samples[0]!.length);
    for (const [i, face] of found.entries()) {
      const others = samples[0]!.map((original) => distance(face, original));
      expect(others.indexOf(Math.min(...others))).toBe(i);
      expect(others[i]!).toBeLessThan(0.12);
    }
  });

  it('lying on its side, without EXIF: found when nothing is found upright', async () => {
    const found = await analyzeVaried((image) => image.rotate(270), 4);
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const face of found) expect(Math.min(...samples[4]!.map((other) => distance(face, other)))).toBeLessThan(0.12);
  });

  it('small faces in a large photo', async () => {
    const [width, height] = [5000, 3400];
    const small = await sharp(samplePhotos[4]).resize(1000).toBuffer();
    const found = await analyzeVaried((image) =>
      image
        .resize(width, height)
        .blur(40)
        .composite([{ input: small, left: 3500, top: 400 }]),
    );
    const inside = found.filter(({ box }) => box[0] > 0.69 && box[0] < 0.91);
    expect(inside.length).toBe(5);
    for (const face of inside) {
      expect(Math.min(...samples[4]!.map((other) => distance(face, other)))).toBeLessThan(0.15);
    }
  });
});

describe('what is not a face', () => {
  it('is not found in noise, plain colours or stripes', async () => {
    const random = createRandom(5);
    const raw = { width: 700, height: 500, channels: 3 } as const;
    const pixels = raw.width * raw.height * 3;
    const pictures = [
      Uint8Array.from({ length: pixels }, () => random() * 256),
      new Uint8Array(pixels).fill(180),
      Uint8Array.from({ length: pixels }, (_, i) => (Math.floor(i / 60) % 2) * 200),
    ];
    for (const data of pictures) {
      const photo = await openPhoto(await sharp(data, { raw }).png().toBuffer());
      expect(await analyzer.analyze(photo)).toEqual([]);
    }
  });

  it('may be a photo of one pixel', async () => {
    const photo = await openPhoto(
      await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } })
        .png()
        .toBuffer(),
    );
    expect(await analyzer.analyze(photo)).toEqual([]);
    expect((await analyzer.embedCentre(photo)).length).toBe(128);
  });
});
