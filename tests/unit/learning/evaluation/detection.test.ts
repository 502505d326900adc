import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  detectionScores,
  matchBoxes,
  type PhotoBoxes,
  type TrueBox,
} from '../../../../app/learning/evaluation/detection.ts';
import { iou } from '../../../../app/faces/detection/box.ts';
import type { Box } from '../../../../app/faces/detector.ts';

const square = (x: number, y: number, side: number): Box => ({ x, y, width: side, height: side });
const face = (x: number, y: number, side: number): TrueBox => ({ ...square(x, y, side), ignore: false });
const ignored = (x: number, y: number, side: number): TrueBox => ({ ...square(x, y, side), ignore: true });

/** Small and near one another, so that several overlap. */
const boxes = fc.array(
  fc.record({
    x: fc.integer({ min: 0, max: 12 }),
    y: fc.integer({ min: 0, max: 3 }),
    width: fc.integer({ min: 4, max: 10 }),
    height: fc.integer({ min: 4, max: 10 }),
  }),
  { maxLength: 5 },
);
const photo = fc.record({ truth: boxes.map((list) => list.map((box) => ({ ...box, ignore: false }))), found: boxes });

/** The most pairs that any matching has, by trying all. */
function mostPairs(truth: readonly Box[], found: readonly Box[], minIou: number): number {
  const [first, ...rest] = found;
  if (!first) return 0;
  const without = mostPairs(truth, rest, minIou);
  const withFirst = truth.flatMap((box, k) =>
    iou(box, first) >= minIou ? [1 + mostPairs(truth.toSpliced(k, 1), rest, minIou)] : [],
  );
  return Math.max(without, ...withFirst);
}

function countRight(photo: PhotoBoxes, minIou?: number): number {
  return matchBoxes(photo, minIou).detections.filter(({ right }) => right).length;
}

describe('matchBoxes', () => {
  it('takes each box once', () => {
    const { truth, detections } = matchBoxes({ truth: [face(0, 0, 50)], found: [square(4, 0, 50), square(0, 2, 50)] });
    expect(truth).toEqual([{ size: 50, found: true }]);
    // The second overlaps more.
    expect(detections.map(({ right }) => right)).toEqual([false, true]);
  });

  it('matches from the threshold on', () => {
    // Half of each is shared: a third of both together.
    const half = { truth: [face(0, 0, 40)], found: [square(20, 0, 40)] };
    expect(countRight(half, 1 / 3)).toBe(1);
    expect(countRight(half, 0.34)).toBe(0);
    expect(countRight(half)).toBe(0);
  });

  it('measures the longer side', () => {
    const { truth, detections } = matchBoxes({
      truth: [{ x: 0, y: 0, width: 30, height: 45, ignore: false }],
      found: [{ x: 0, y: 0, width: 44, height: 30 }],
    });
    expect([truth[0]!.size, detections[0]!.size]).toEqual([45, 44]);
  });

  it('neither misses an ignored box nor holds what is found there against the detector', () => {
    expect(matchBoxes({ truth: [ignored(0, 0, 50)], found: [] })).toEqual({ truth: [], detections: [] });
    expect(matchBoxes({ truth: [ignored(0, 0, 50)], found: [square(2, 2, 50), square(200, 0, 50)] })).toEqual({
      truth: [],
      detections: [{ size: 50, right: false }],
    });
    // A crowd in one box: each face of it lies inside, though it covers little of it.
    expect(
      matchBoxes({ truth: [ignored(0, 0, 300)], found: [square(9, 9, 30), square(80, 9, 30)] }).detections,
    ).toEqual([]);
    // A face in front of the crowd still counts.
    const inFront = { truth: [ignored(0, 0, 300), face(50, 50, 100)], found: [square(55, 50, 100)] };
    expect(matchBoxes(inFront)).toEqual({
      truth: [{ size: 100, found: true }],
      detections: [{ size: 100, right: true }],
    });
  });

  it('leaves no two boxes over that would match', () => {
    fc.assert(
      fc.property(photo, ({ truth, found }) => {
        const matched = matchBoxes({ truth, found });
        expect(matched.truth.filter((box) => box.found)).toHaveLength(countRight({ truth, found }));
        for (const [k, box] of truth.entries()) {
          for (const [i, other] of found.entries()) {
            if (!matched.truth[k]!.found && !matched.detections[i]!.right) expect(iou(box, other)).toBeLessThan(0.4);
          }
        }
      }),
    );
  });

  it('finds no more pairs than there can be, and no fewer than half of them', () => {
    fc.assert(
      fc.property(photo, ({ truth, found }) => {
        const most = mostPairs(truth, found, 0.4);
        const right = countRight({ truth, found });
        expect(right).toBeLessThanOrEqual(most);
        expect(right).toBeGreaterThanOrEqual(most / 2);
      }),
    );
  });

  it('finds all pairs of faces that do not cover one another', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 6 }), (shifts) => {
        const truth = shifts.map((_, i) => face(i * 60, 0, 50));
        const found = shifts.map((shift, i) => square(i * 60 + shift, 0, 50)).reverse();
        expect(countRight({ truth, found })).toBe(mostPairs(truth, found, 0.4));
      }),
    );
  });
});

describe('detectionScores', () => {
  const photos: PhotoBoxes[] = [
    // Found a little larger, in the next size; and something that is no face.
    { truth: [face(0, 0, 38)], found: [square(0, 0, 42), square(300, 300, 100)] },
    {
      truth: [face(0, 0, 100), face(200, 0, 200), ignored(500, 0, 20)],
      found: [square(0, 0, 100), square(500, 0, 20)],
    },
    { truth: [], found: [] },
  ];

  it('counts by the true size for recall, and by the found one for precision', () => {
    const scores = detectionScores(photos);
    expect(scores).toMatchObject({ photos: 3, iou: 0.4, boxes: 3, found: 2, detections: 3, right: 2 });
    expect(scores.recall).toBeCloseTo(2 / 3, 12);
    expect(scores.precision).toBeCloseTo(2 / 3, 12);
    expect(scores.ignored).toEqual({ boxes: 1, detections: 1 });
    expect(
      scores.bySize.map(({ from, to, boxes, found, detections, right }) => [from, to, boxes, found, detections, right]),
    ).toEqual([
      [0, 40, 1, 1, 0, 0],
      [40, 80, 0, 0, 1, 1],
      [80, 160, 1, 1, 2, 1],
      [160, null, 1, 0, 0, 0],
    ]);
    expect(scores.bySize[0]).toMatchObject({ recall: 1, precision: null });
    expect(scores.bySize[1]).toMatchObject({ recall: null, precision: 1, intervals: { recall: null } });
  });

  it('has sizes that add up', () => {
    fc.assert(
      fc.property(fc.array(photo, { maxLength: 4 }), (many) => {
        const scores = detectionScores(many, { resamples: 5 });
        for (const name of ['boxes', 'found', 'detections', 'right'] as const) {
          expect(scores.bySize.reduce((sum, bin) => sum + bin[name], 0)).toBe(scores[name]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is as sure as photos differ', () => {
    const album = (photos: PhotoBoxes[], times: number): PhotoBoxes[] =>
      Array.from({ length: times }, () => photos).flat();
    const good: PhotoBoxes = { truth: [face(0, 0, 50)], found: [square(0, 0, 50)] };
    const bad: PhotoBoxes = { truth: [face(0, 0, 50)], found: [] };
    const { recall } = detectionScores(album([good, good, good, bad], 25)).intervals;
    const deviation = Math.sqrt((0.75 * 0.25) / 100);
    expect(recall!.low).toBeCloseTo(0.75 - 1.96 * deviation, 1);
    expect(recall!.high).toBeCloseTo(0.75 + 1.96 * deviation, 1);
    // Ten faces in a photo that are found or missed together tell less than ten photos do.
    const together = (photo: PhotoBoxes): PhotoBoxes => ({
      truth: Array.from({ length: 10 }, (_, i) => face(i * 60, 0, 50)),
      found: photo.found.flatMap(() => Array.from({ length: 10 }, (_, i) => square(i * 60, 0, 50))),
    });
    const few = detectionScores(album([good, good, good, bad].map(together), 3)).intervals.recall!;
    expect(few.high - few.low).toBeGreaterThan(2 * (recall!.high - recall!.low));
    expect(detectionScores(album([good], 5)).intervals.recall).toEqual({ low: 1, high: 1 });
  });

  it('has no shares without photos', () => {
    expect(detectionScores([])).toMatchObject({ photos: 0, recall: null, precision: null, boxes: 0 });
  });
});
