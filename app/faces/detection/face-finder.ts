import type { RgbImage } from '../../library/image.ts';
import type { Care } from '../models/choice.ts';
import { fuseBoxes, iou, scaleBox, suppress } from './box.ts';
import type { Box, Detection, FaceDetector } from '../detector.ts';
import { detectTiled } from './tiles.ts';
import { tryHarder, type HarderSearch } from './try-harder.ts';
import type { PhotoViews } from '../views.ts';
import { squareToTarget, warp } from '../warp.ts';

/** A face that was found, in pixels of the full-size photo, framed as the landmark network wants it. */
export interface FoundFace extends Detection {
  /** Quarter turns clockwise by which the photo must be turned for the face to be upright. */
  turns: number;
}

/** Finds faces of all sizes in a photo. */
export interface FaceFinder {
  find(views: PhotoViews): Promise<FoundFace[]>;
  dispose(): Promise<void>;
}

/** Long side of the image in which the SSD looks for faces; it finds those of 18 to 200 pixels ... */
const ssdSide = 512;
/** ... and larger ones in this. */
const smallerSsdSide = 256;
/** The Tiny detector finds faces of this many pixels ... */
const tinyFace = 24;
/** ... so this is the size of its image relative to the photo's where faces of 80 photo pixels are looked for ... */
const tinyScale = tinyFace / 80;
/** ... as long as its image is no larger than this. */
const largestTinySide = 2400;
/** A face this large in the SSD's image needs no second detector. */
const surelySeenFace = 48;
/** Faces of fewer photo pixels are of no use. */
const minFaceSide = 18;

/** A box of this score is a face. */
const sureScore = 0.5;
/** Boxes of these scores are looked at again, closer. */
const ssdScore = 0.3;
const tinyScore = 0.1;
/** Boxes of one face overlap by more, those of neighbours by less. */
const sameFaceIou = 0.4;

/** Side of the square for a closer look, and of the face in it, at the first try and where that shows none. */
const lookSide = 128;
const lookFaces = [40, 64] as const;
/** The face that it shows is at most so many times as large as the box was: it takes two heads for one face otherwise. */
const largestGrowth = 1.6;

/** `quick` has the Tiny detector look for faces of all sizes, from 60 photo pixels on, in one image. */
const quickScale = tinyFace / 60;
const quickScore = 0.3;

/** So many faces, none larger than this in the Tiny detector's image, are a crowd ... */
const crowdCount = 4;
const crowdFace = 64;
/** ... in which there will be still smaller ones: those of 36 photo pixels are looked for. */
const crowdScale = tinyFace / 36;
const largestCrowdSide = 4096;

/** Where nothing is found. */
const harder: HarderSearch = { sides: [384, 128], score: ssdScore, turnedScore: 0.7, sameFaceIou };

/**
 * Large and middle-sized faces are found by the SSD on a small image, which frames them best. Small ones in large photos are
 * proposed by the Tiny detector, seven times as fast, on a larger image, and each is looked at by the SSD. Where there is
 * nothing at all, more is tried: stretched contrast, another size, and the photo turned.
 *
 * `quick` has all faces proposed by the Tiny detector, on a small image.
 */
export function createFaceFinder(ssd: FaceDetector, tiny: FaceDetector, care: Care): FaceFinder {
  /** The SSD's opinion of one box, in a square around it that shows the face at a size that it knows well. */
  const lookCloser = async (
    image: RgbImage,
    scale: number,
    box: Box,
    [lookFace, ...others]: readonly number[] = lookFaces,
  ): Promise<Detection | undefined> => {
    if (lookFace === undefined) return undefined;
    const side = (longSideOf(box) * lookSide) / lookFace;
    const left = box.x + (box.width - side) / 2;
    const top = box.y + (box.height - side) / 2;
    const square = warp(image, squareToTarget(left * scale, top * scale, side * scale, lookSide), lookSide);
    const face = fuseBoxes(await ssd.detect(square, sureScore), sameFaceIou)
      .map((found) => scaleBox(found, side / lookSide))
      .map((found) => ({ ...found, x: found.x + left, y: found.y + top }))
      .find((found) => showSameFace(found, box) && longSideOf(found) <= largestGrowth * longSideOf(box));
    return face ?? lookCloser(image, scale, box, others);
  };

  /** Adds those unsure boxes to the faces that show another face on a closer look. */
  const confirm = async (
    views: PhotoViews,
    image: RgbImage,
    faces: readonly Detection[],
    unsure: readonly Detection[],
  ): Promise<Detection[]> => {
    const confirmed = [...faces];
    for (const box of suppress(unsure, showSameFace)) {
      if (confirmed.some((face) => showSameFace(face, box))) continue;
      const face = await lookCloser(image, views.scaleOf(image), box);
      if (face) confirmed.push(face);
    }
    return suppress(confirmed, showSameFace);
  };

  const search = async (views: PhotoViews): Promise<Detection[]> => {
    const tinySide = Math.min(largestTinySide, views.longSide * tinyScale);
    // The larger image comes first, so that the photo is decoded once.
    const image = await views.exactly(Math.max(tinySide, ssdSide));
    const proposed = tinySide > ssdSide ? await seek(tiny, views, image, tinyScore) : [];
    const small = await views.exactly(ssdSide);
    const boxes = await seek(ssd, views, small, ssdScore);
    if (longSideOf(small) > smallerSsdSide) {
      boxes.push(...(await seek(ssd, views, await views.exactly(smallerSsdSide), ssdScore)));
    }
    const surelySeen = surelySeenFace / views.scaleOf(small);
    const fused = fuseBoxes(boxes, sameFaceIou);
    const faces = await confirm(
      views,
      image,
      fused.filter(({ score }) => score >= sureScore),
      [...fused.filter(({ score }) => score < sureScore), ...proposed.filter((box) => longSideOf(box) < surelySeen)],
    );

    const crowd = faces.filter((face) => longSideOf(face) * views.scaleOf(image) < crowdFace);
    if (tinySide <= ssdSide || crowd.length < crowdCount) return faces;
    const closer = await views.exactly(Math.min(largestCrowdSide, views.longSide * crowdScale));
    return confirm(views, closer, faces, await seek(tiny, views, closer, tinyScore));
  };

  const glance = async (views: PhotoViews): Promise<Detection[]> => {
    const image = await views.exactly(Math.min(largestTinySide, Math.max(ssdSide, views.longSide * quickScale)));
    return confirm(views, image, [], await seek(tiny, views, image, quickScore));
  };

  return {
    async find(views) {
      const seen = care === 'quick' ? await glance(views) : await search(views);
      const faces = seen.map((face) => ({ ...face, turns: 0 }));
      const found = faces.length > 0 ? faces : await tryHarder(ssd, views, harder);
      return found.filter((face) => longSideOf(face) >= minFaceSide);
    },
    async dispose() {
      await ssd.dispose();
      await tiny.dispose();
    },
  };
}

/** One box per face, in pixels of the full-size photo. */
async function seek(
  detector: FaceDetector,
  views: PhotoViews,
  image: RgbImage,
  minScore: number,
): Promise<Detection[]> {
  const boxes = fuseBoxes(await detectTiled(detector, image, minScore), sameFaceIou);
  return boxes.map((box) => scaleBox(box, 1 / views.scaleOf(image)));
}

function longSideOf({ width, height }: { width: number; height: number }): number {
  return Math.max(width, height);
}

/** Detectors frame faces differently, so the middle of one box in the other counts as well. */
function showSameFace(a: Box, b: Box): boolean {
  return iou(a, b) >= sameFaceIou || containsCentre(a, b) || containsCentre(b, a);
}

function containsCentre(outer: Box, { x, y, width, height }: Box): boolean {
  const centreX = x + width / 2;
  const centreY = y + height / 2;
  return centreX > outer.x && centreX < outer.x + outer.width && centreY > outer.y && centreY < outer.y + outer.height;
}
