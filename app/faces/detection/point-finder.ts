import { fuseBoxes, iou, scaleBox, suppress } from './box.ts';
import type { Care } from '../models/choice.ts';
import type { Detection, FaceDetector } from '../detector.ts';
import type { RgbImage } from '../../library/image.ts';
import type { FaceFinder } from './face-finder.ts';
import { detectTiled } from './tiles.ts';
import { tryHarder, type HarderSearch } from './try-harder.ts';
import type { PhotoViews } from '../views.ts';
import { squareToTarget, warp } from '../warp.ts';

/** Long side of the image in which large and middle-sized faces are found ... */
const smallSide = 640;
/** ... and of the largest one, in which the small ones of a large photo are. */
const largestSide = { careful: 2560, quick: 1280 } as const;
/** In it a face of this many photo pixels ... */
const smallFace = 36;
/** ... has so many, which is enough for the detector. */
const enoughPixels = 12;
/** Faces of fewer photo pixels are of no use. */
const minFaceSide = 18;

/** A box of this score is a face; of the lower one, where a closer look says so. */
const sureScore = 0.8;
const unsureScore = 0.4;
/** What a closer look must score. */
const lookScore = 0.7;
const sameFaceIou = 0.4;

/** Side of the square for a closer look, and of the face in it. */
const lookSide = 160;
const lookFace = 64;

/** Where nothing is found. */
const harder: HarderSearch = { sides: [320, 128], score: lookScore, turnedScore: sureScore, sameFaceIou };

/**
 * Finds faces with a detector that is fast, finds faces from ten pixels on, and places their points: on a small image and,
 * of a large photo, on a larger one. What it is unsure of is looked at closer. Where there is nothing at all, more is tried:
 * stretched contrast, smaller images, and the photo turned.
 */
export function createPointFinder(detector: FaceDetector, care: Care): FaceFinder {
  const seek = async (views: PhotoViews, image: RgbImage): Promise<Detection[]> => {
    const boxes = await detectTiled(detector, image, unsureScore);
    return boxes.map((box) => scaleDetection(box, 1 / views.scaleOf(image)));
  };

  const isFace = async (image: RgbImage, scale: number, box: Detection): Promise<boolean> => {
    const side = (Math.max(box.width, box.height) * lookSide) / lookFace;
    const left = box.x + (box.width - side) / 2;
    const top = box.y + (box.height - side) / 2;
    const square = warp(image, squareToTarget(left * scale, top * scale, side * scale, lookSide), lookSide);
    const seen = await detector.detect(square, lookScore);
    return seen
      .map((found) => scaleBox(found, side / lookSide))
      .some((found) => iou({ ...found, x: found.x + left, y: found.y + top }, box) >= sameFaceIou);
  };

  const search = async (views: PhotoViews): Promise<Detection[]> => {
    const largeSide = Math.min(largestSide[care], (views.longSide * enoughPixels) / smallFace);
    const hasSmall = largeSide > smallSide;
    // The larger image comes first, so that the photo is decoded once.
    const large = await views.exactly(hasSmall ? largeSide : smallSide);
    const boxes = await seek(views, large);
    if (hasSmall) boxes.push(...(await seek(views, await views.exactly(smallSide))));
    const faces: Detection[] = [];
    for (const box of fuseBoxes(boxes, sameFaceIou)) {
      if (box.score >= sureScore || (await isFace(large, views.scaleOf(large), box))) faces.push(box);
    }
    return faces;
  };

  return {
    async find(views) {
      const faces = (await search(views)).map((face) => ({ ...face, turns: 0 }));
      const found = faces.length > 0 ? faces : await tryHarder(detector, views, { ...harder, once: care === 'quick' });
      return suppress(found, (a, b) => iou(a, b) >= sameFaceIou).filter(
        ({ width, height }) => Math.max(width, height) >= minFaceSide,
      );
    },
    dispose: () => detector.dispose(),
  };
}

function scaleDetection(box: Detection, factor: number): Detection {
  const scaled = scaleBox(box, factor);
  return box.points ? { ...scaled, points: box.points.map((value) => value * factor) } : scaled;
}
