import { fuseBoxes, scaleBox } from './box.ts';
import type { FaceDetector } from '../detector.ts';
import type { FoundFace } from './face-finder.ts';
import { stretchContrast, turn, turnBack } from './image-changes.ts';
import type { PhotoViews } from '../views.ts';

export interface HarderSearch {
  /** Long sides of the images in which more is tried, the second for blurred faces; only the first is turned. */
  sides: readonly [number, number];
  /** What a box must score (0..1). */
  score: number;
  /** The same in a photo that was turned: anything looks like a face from some side. */
  turnedScore: number;
  /** Boxes that overlap by this much show the same face. */
  sameFaceIou: number;
  /** Only the first try is made. */
  once?: boolean;
}

/**
 * What is tried for a photo in which nothing was found: stretched contrast, a smaller image, and quarter turns.
 *
 * @returns the faces of the first try that shows any, in pixels of the full-size photo, without points: those of a turned photo
 *   are left to the landmarks
 */
export async function tryHarder(
  detector: FaceDetector,
  views: PhotoViews,
  { sides, score, turnedScore, sameFaceIou, once = false }: HarderSearch,
): Promise<FoundFace[]> {
  const [image, small] = await Promise.all(sides.map((side) => views.exactly(side)));
  const attempts = [
    { image: image!, turns: 0 },
    { image: small!, turns: 0 },
    ...[1, 3, 2].map((turns) => ({ image: image!, turns })),
  ];
  for (const { image: tried, turns } of once ? attempts.slice(0, 1) : attempts) {
    const found = await detector.detect(turn(stretchContrast(tried), turns), turns === 0 ? score : turnedScore);
    const boxes = fuseBoxes(found, sameFaceIou);
    if (boxes.length === 0) continue;
    const scale = 1 / views.scaleOf(tried);
    return boxes.map(({ points: _, ...box }) => ({ ...scaleBox(turnBack(box, turns, tried), scale), turns }));
  }
  return [];
}
