import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Box } from '../../../app/faces/detector.ts';
import type { DetectionScores } from '../../../app/learning/evaluation/detection.ts';
import { openPhoto } from '../../../app/library/decode.ts';
import type { UnreadPhoto } from '../../../app/service/evaluate-detection.ts';
import { runCli, type CliResult } from '../../support/cli.ts';
import { openAnalyzer } from '../../support/analyzer.ts';
import { hasYunet, writeMadePack, yunetFile } from '../../support/made-packs.ts';
import { samplePhotos } from '../../support/sample-album.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const testData = resolve(process.env['KINDRED_TEST_DATA'] ?? '../shared/data');
const hasBoxes = existsSync(join(testData, 'boxes'));
if (!hasBoxes) console.warn(`Skipped: evaluation of detection on photos with hand-drawn boxes (no ${testData}).`);

type Report = DetectionScores & { failed: UnreadPhoto[] };

function detection(...args: string[]): Promise<CliResult> {
  return runCli('evaluate', 'detection', ...args);
}

async function report(...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await detection(...args, '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Report;
}

const sampleName = (i: number): string => basename(samplePhotos[i]!);

/** What is found in each sample photo: what a person would mark, or nearly. */
let marked: Box[][];
beforeAll(async () => {
  const analyzer = await openAnalyzer();
  marked = [];
  for (const path of samplePhotos) {
    const photo = await openPhoto(await readFile(path));
    const faces = await analyzer.analyze(photo);
    marked.push(
      faces.map(({ box: [x, y, width, height] }) => ({
        x: x * photo.width,
        y: y * photo.height,
        width: width * photo.width,
        height: height * photo.height,
      })),
    );
  }
  await analyzer.dispose();
  expect(marked.flat().length).toBeGreaterThan(15);
});

async function copySamples(folder: string, count = samplePhotos.length): Promise<string> {
  const images = join(folder, 'images');
  await mkdir(images);
  for (const path of samplePhotos.slice(0, count)) await copyFile(path, join(images, basename(path)));
  return images;
}

async function writeCsv(path: string, rows: [file: string, boxes: readonly Box[]][]): Promise<string> {
  const lines = rows.flatMap(([file, boxes]) =>
    boxes.length === 0 ? [file] : boxes.map(({ x, y, width, height }) => [file, x, y, width, height].join(',')),
  );
  await writeFile(path, ['file,x,y,width,height', ...lines, ''].join('\n'));
  return path;
}

describe('kindred evaluate detection', () => {
  it('scores the photos that the boxes files name, and no others', async () => {
    const folder = await temporaryFolder();
    const images = await copySamples(folder);
    const csv = await writeCsv(join(folder, 'some.csv'), [
      // One face that is not there.
      [sampleName(0), [...marked[0]!, { x: 1, y: 1, width: 30, height: 30 }]],
      // All of what is found here is wrong, as this says.
      [sampleName(1), []],
    ]);
    // One face less, and one to be ignored.
    const [ignored, left, ...others] = marked[2]!;
    const box = ({ x, y, width, height }: Box, more = ''): string =>
      `<box top='${y}' left='${x}' width='${width}' height='${height}'${more}/>`;
    const xml = join(folder, 'more.xml');
    await writeFile(
      xml,
      `<dataset><images><image file='${sampleName(2)}'>${box(ignored!, ` ignore='1'`)}` +
        `${others.map((other) => box(other)).join('')}</image></images></dataset>`,
    );
    const args = ['--images', images, '--boxes', csv, '--boxes', xml, '--cache', join(folder, 'cache')];
    const scores = await report(...args);
    const expected = {
      photos: 3,
      iou: 0.4,
      boxes: marked[0]!.length + 1 + others.length,
      found: marked[0]!.length + others.length,
      detections: marked[0]!.length + marked[1]!.length + others.length + (left ? 1 : 0),
      right: marked[0]!.length + others.length,
      ignored: { boxes: 1, detections: 1 },
      failed: [],
    };
    expect(scores).toMatchObject(expected);
    expect(scores.recall).toBeCloseTo(expected.found / expected.boxes, 12);
    expect(scores.precision).toBeCloseTo(expected.right / expected.detections, 12);
    expect(scores.intervals.recall!.low).toBeLessThanOrEqual(scores.recall!);
    expect(scores.intervals.recall!.high).toBeGreaterThanOrEqual(scores.recall!);
    expect(scores.bySize.map(({ from, to }) => [from, to])).toEqual([
      [0, 40],
      [40, 80],
      [80, 160],
      [160, null],
    ]);

    // What was found is in the cache; a stricter overlap is asked for all the same.
    const again = await detection(...args, '--iou', '1');
    expect(again.stderr).toContain('0 photos read');
    expect(again.stdout).toMatch(/all faces +recall +\d+\.\d\d %/);
    expect(again.stdout).toContain('overlap (IoU)    1 or more');
  });

  it('takes boxes of a turned photo as the photo is looked at', async () => {
    const folder = await temporaryFolder();
    const images = join(folder, 'images');
    await mkdir(images);
    // Stored lying on its side, with the order to turn it upright.
    const turned = sharp(samplePhotos[0]).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 95 });
    await writeFile(join(images, 'turned.jpg'), await turned.toBuffer());
    const csv = await writeCsv(join(folder, 'boxes.csv'), [['turned.jpg', marked[0]!]]);
    expect(await report('--images', images, '--boxes', csv)).toMatchObject({ recall: 1, precision: 1 });
  });

  it('lists photos that cannot be read, and leaves them out', async () => {
    const folder = await temporaryFolder();
    const images = await copySamples(folder, 1);
    await writeFile(join(images, 'broken\u001b.jpg'), 'hello');
    const csv = await writeCsv(join(folder, 'boxes.csv'), [
      [sampleName(0), marked[0]!],
      ['broken\u001b.jpg', marked[0]!],
    ]);
    const cache = join(folder, 'cache');
    const scores = await report('--images', images, '--boxes', csv, '--cache', cache);
    expect(scores).toMatchObject({ photos: 1, boxes: marked[0]!.length, failed: [{ kind: 'not-an-image' }] });
    const { stdout } = await detection('--images', images, '--boxes', csv, '--cache', cache);
    expect(stdout).toContain('not readable     1, left out');
    expect(stdout).not.toContain('\u001b');
    const onlyBroken = await writeCsv(join(folder, 'broken.csv'), [['broken\u001b.jpg', []]]);
    expect(await detection('--images', images, '--boxes', onlyBroken)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No photo could be read'),
    });
  });

  it('says what is wrong with its input before any photo is looked at', async () => {
    const folder = await temporaryFolder();
    const images = join(folder, 'images');
    await mkdir(images);
    await writeFile(join(images, 'a.jpg'), 'never read');
    await writeFile(join(folder, 'outside.jpg'), 'never read');
    const csv = await writeCsv(join(folder, 'a.csv'), [['a.jpg', []]]);
    const cases: [boxes: string, message: string][] = [
      ['file,x,y,width,height\na.jpg,1,2,three,4\n', 'boxes, line 2: A box needs a number for its width'],
      ['<dataset>\n<image file="a.jpg">\n', 'boxes, line 3: This is not well-formed XML'],
      ['file,x,y,width,height\n\nb.jpg\n', 'boxes, line 3: There is no photo "b.jpg" in'],
      ['file,x,y,width,height\n../outside.jpg\n', 'boxes, line 2: "../outside.jpg" lies outside of'],
      ['file,x,y,width,height\na.jpg\n', 'boxes, line 2: "a.jpg" is already named by a.csv, line 2'],
    ];
    for (const [text, message] of cases) {
      await writeFile(join(folder, 'boxes'), text);
      const { code, stderr } = await detection('--images', images, '--boxes', csv, '--boxes', join(folder, 'boxes'));
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    for (const [args, message] of [
      [['--images', images, '--boxes', join(folder, 'nothing')], 'cannot be read'],
      [['--images', join(folder, 'nowhere'), '--boxes', csv], 'There is no folder'],
      [['--images', images, '--boxes', csv, '--iou', '0'], 'above 0 and at most 1'],
      [['--images', images], '--boxes'],
    ] as const) {
      expect(await detection(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    }
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'boxes', 'images', 'outside.jpg']);
  });
});

describe('kindred evaluate with a pack', () => {
  it('measures the pack and the care that it is given, each by itself in the cache', async () => {
    const folder = await temporaryFolder();
    const images = await copySamples(folder, 3);
    const pack = await writeMadePack(join(folder, 'pack'));
    const evaluate = (...args: string[]): Promise<CliResult> =>
      runCli('evaluate', 'clustering', '--images', images, '--cache', join(folder, 'cache'), '--json', ...args);
    const { code, stdout, stderr } = await evaluate('--pack', pack, '--care', 'quick');
    expect(code, stderr).toBe(0);
    // The threshold is the pack's own.
    expect(JSON.parse(stdout)).toMatchObject({ threshold: 0.4, identities: 1 });
    expect((await evaluate('--care', 'quick')).code).toBe(0);
    expect(readdirSync(join(folder, 'cache')).sort()).toMatchObject([
      expect.stringMatching(/\+built-in\+built-in\+quick$/),
      expect.stringMatching(/\+built-in\+made@1\+quick-[0-9a-f]{8}$/),
    ]);
    await writeFile(join(pack, 'made.onnx'), 'something else');
    expect(await evaluate('--pack', pack)).toMatchObject({ code: 2, stderr: expect.stringContaining('SHA-256') });
    expect(await evaluate('--care', 'slow')).toMatchObject({ code: 2 });
  });

  it.skipIf(!hasYunet || !hasBoxes)('finds with YuNet by its file alone', async () => {
    const boxes = join(testData, 'boxes');
    const scores = await report('--images', boxes, '--boxes', join(boxes, 'testing.xml'), '--pack', yunetFile);
    expect(scores.recall).toBeGreaterThanOrEqual(0.95);
  });
});

describe.runIf(hasBoxes)('kindred evaluate detection of group photos with hand-drawn boxes', () => {
  it('finds nearly all of their faces and hardly anything else', async () => {
    const boxes = join(testData, 'boxes');
    const scores = await report(
      ...['--images', boxes, '--boxes', join(boxes, 'training.xml'), '--boxes', join(boxes, 'testing.xml')],
    );
    expect(scores).toMatchObject({ photos: 9, boxes: 43, ignored: { boxes: 0, detections: 0 }, failed: [] });
    expect(scores.recall).toBeGreaterThanOrEqual(0.95);
    expect(scores.precision).toBeGreaterThanOrEqual(0.95);
    expect(scores.bySize.map((size) => size.boxes)).toEqual([22, 16, 5, 0]);
  });
});
