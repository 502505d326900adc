import { iou } from '../../faces/detection/box.ts';
import type { Box } from '../../faces/detector.ts';
import { bootstrapIntervals, type BootstrapOptions, type Interval } from './bootstrap.ts';

/** A face as somebody marked it, in pixels of the full-size photo as it is looked at (oriented). */
export interface TrueBox extends Box {
  /** Neither missed where it is not found nor wrong where it is: too small to tell, a picture of a face, a crowd. */
  ignore: boolean;
}

/** One photo: what is there and what was found, both in pixels of the full-size photo. */
export interface PhotoBoxes {
  truth: readonly TrueBox[];
  found: readonly Box[];
}

/** How the boxes of one photo meet. Ignored boxes, and what was found there, are in neither list. */
export interface MatchedBoxes {
  /** Per true box, in order. */
  truth: { size: number; found: boolean }[];
  /** Per found box, in order. */
  detections: { size: number; right: boolean }[];
}

export interface DetectionShares {
  /** True boxes, and how many of them were found. */
  boxes: number;
  found: number;
  /** The second over the first; null where there are none. */
  recall: number | null;
  /** Boxes that were found, and how many of them are true. */
  detections: number;
  right: number;
  /** The second over the first; null where there are none. */
  precision: number | null;
  /** 95 %, over photos. */
  intervals: { recall: Interval | null; precision: Interval | null };
}

/** Faces whose longer side has `from` pixels or more and less than `to`; `to` is null for the largest. */
export interface DetectionBySize extends DetectionShares {
  from: number;
  to: number | null;
}

export interface DetectionScores extends DetectionShares {
  photos: number;
  /** Least overlap (intersection over union) of a found box with a true one. */
  iou: number;
  /** True boxes that are marked to be ignored, and found boxes that lie there. */
  ignored: { boxes: number; detections: number };
  /** Recall by the size of the true box, precision by that of the found one. */
  bySize: DetectionBySize[];
}

const defaultMinIou = 0.4;

/** Pixels of the longer side at which the next size begins. */
const sizeSteps: readonly number[] = [0, 40, 80, 160];

/**
 * Pairs the boxes of a photo one to one, best overlap first, as detection is usually scored (PASCAL VOC, dlib). A found
 * box that is left over is not held against the detector where it overlaps an ignored box, by its own area as COCO does
 * with crowds: an ignored box may be drawn around many faces.
 *
 * @param minIou least overlap of a pair, above 0 and at most 1
 */
export function matchBoxes({ truth, found }: PhotoBoxes, minIou = defaultMinIou): MatchedBoxes {
  const counted = truth.filter(({ ignore }) => !ignore);
  const ignored = truth.filter(({ ignore }) => ignore);
  const pairs = found
    .flatMap((box, i) => counted.map((face, k) => ({ i, k, overlap: iou(box, face) })))
    .filter(({ overlap }) => overlap >= minIou)
    .toSorted((a, b) => b.overlap - a.overlap);
  const right = new Set<number>();
  const matched = new Set<number>();
  for (const { i, k } of pairs) {
    if (right.has(i) || matched.has(k)) continue;
    right.add(i);
    matched.add(k);
  }
  return {
    truth: counted.map((box, k) => ({ size: sizeOf(box), found: matched.has(k) })),
    detections: found.flatMap((box, i) =>
      right.has(i) || !ignored.some((area) => shareInside(box, area) >= minIou)
        ? [{ size: sizeOf(box), right: right.has(i) }]
        : [],
    ),
  };
}

/** Recall and precision over photos, altogether and by the size of the face, with intervals from drawing photos anew. */
export function detectionScores(
  photos: readonly PhotoBoxes[],
  { minIou = defaultMinIou, ...options }: BootstrapOptions & { minIou?: number } = {},
): DetectionScores {
  const matched = photos.map((photo) => matchBoxes(photo, minIou));
  const marked = photos.flatMap(({ truth }) => truth);
  const all = shares(matched, () => true, options);
  return {
    photos: photos.length,
    iou: minIou,
    ...all,
    ignored: {
      boxes: marked.length - all.boxes,
      detections: photos.reduce((sum, { found }) => sum + found.length, 0) - all.detections,
    },
    bySize: sizeSteps.map((from, i) => {
      const to = sizeSteps[i + 1] ?? null;
      return { from, to, ...shares(matched, (size) => size >= from && (to === null || size < to), options) };
    }),
  };
}

function shares(
  photos: readonly MatchedBoxes[],
  counts: (size: number) => boolean,
  options: BootstrapOptions,
): DetectionShares {
  const perPhoto = photos.map(({ truth, detections }) => {
    const boxes = truth.filter(({ size }) => counts(size));
    const found = detections.filter(({ size }) => counts(size));
    return {
      boxes: boxes.length,
      found: boxes.filter((box) => box.found).length,
      detections: found.length,
      right: found.filter((detection) => detection.right).length,
    };
  });
  const total = (draws?: Uint32Array): (typeof perPhoto)[number] => {
    const sum = { boxes: 0, found: 0, detections: 0, right: 0 };
    for (const [i, photo] of perPhoto.entries()) {
      const times = draws?.[i] ?? 1;
      sum.boxes += times * photo.boxes;
      sum.found += times * photo.found;
      sum.detections += times * photo.detections;
      sum.right += times * photo.right;
    }
    return sum;
  };
  const { boxes, found, detections, right } = total();
  const intervals = bootstrapIntervals(
    [[...perPhoto.keys()]],
    (draws) => {
      const sum = total(draws);
      return { recall: sum.found / sum.boxes, precision: sum.right / sum.detections };
    },
    options,
  );
  return {
    boxes,
    found,
    recall: boxes > 0 ? found / boxes : null,
    detections,
    right,
    precision: detections > 0 ? right / detections : null,
    intervals,
  };
}

function sizeOf({ width, height }: Box): number {
  return Math.max(width, height);
}

/** Part of a box (0..1) that lies inside an area. */
function shareInside(box: Box, area: Box): number {
  const width = Math.min(box.x + box.width, area.x + area.width) - Math.max(box.x, area.x);
  const height = Math.min(box.y + box.height, area.y + area.height) - Math.max(box.y, area.y);
  return width > 0 && height > 0 ? (width * height) / (box.width * box.height) : 0;
}
