import type { RelativeBox } from '../contract/dto.ts';
import type { DecodedPhoto, RgbImage } from '../library/image.ts';
import { startBackend } from '../engine/backend.ts';
import { alignedChip, faceBox, fivePoints } from './alignment.ts';
import { iou, scaleBox, suppress } from './detection/box.ts';
import { cropFrom } from './crop.ts';
import type { Box, Detection } from './detector.ts';
import { loadFaceEmbedder } from './embedder.ts';
import { createFaceFinder, type FoundFace } from './detection/face-finder.ts';
import { loadLandmarkFinder } from './landmarks.ts';
import { loadSsdDetector } from './networks/ssd-detector.ts';
import { loadTinyDetector } from './networks/tiny-detector.ts';
import { placeInBox, type PlacedFace } from './placing.ts';
import { faceQuality, type FaceQuality } from './quality.ts';
import { PhotoViews } from './views.ts';
import { squareToTarget, warp } from './warp.ts';

/** A face as it is found in a photo. */
export interface AnalyzedFace {
  box: RelativeBox;
  /** Eyes, nose, mouth corners as x, y pairs, as fractions of the oriented photo. */
  landmarks: Float32Array;
  /** 0..1 */
  score: number;
  quality: FaceQuality;
  /** Unit vector. */
  embedding: Float32Array;
  /** Square JPEG of 256 pixels, the face in the middle with a margin. */
  crop: Uint8Array;
}

/** Finds, aligns, judges and embeds the faces of photos. One per thread; one photo at a time. */
export interface FaceAnalyzer {
  /** TensorFlow.js backend that it runs on. */
  readonly backend: string;
  /** @returns the faces from left to right */
  analyze(photo: DecodedPhoto): Promise<AnalyzedFace[]>;
  /** Aligns, judges and embeds what is in a box that somebody drew; the box stays as it was drawn. */
  describe(photo: DecodedPhoto, box: RelativeBox): Promise<AnalyzedFace>;
  /** Embedding of the middle of a photo, for evaluation where no face was found. */
  embedCentre(photo: DecodedPhoto): Promise<Float32Array>;
  dispose(): void;
}

/** Worst misfit that still is a face: half of all faces have less than 0.03, one in a thousand more than 0.1. */
const maxMisfit = 0.12;
/** Pixels across a face that are enough: embeddings get no better from more (measured down to 60). */
const enoughSide = 80;
/** Pixels across a face when the photo is decoded again because they are not. */
const usefulSide = 120;
/** Long side of the image in which a drawn face is looked at first; a small one is decoded larger. */
const drawnInSide = 1024;
/** Landmarks of two faces lie farther apart than this overlap of their boxes allows. */
const sameFaceIou = 0.4;

/** Loads the built-in models and starts the backend: about a second. */
export async function createFaceAnalyzer(): Promise<FaceAnalyzer> {
  const backend = await startBackend();
  const ssd = await loadSsdDetector();
  const tiny = await loadTinyDetector();
  const landmarkFinder = await loadLandmarkFinder();
  const embedder = await loadFaceEmbedder();
  const finder = createFaceFinder(ssd, tiny);

  const locate = async (image: RgbImage, scale: number, found: FoundFace): Promise<Located> => {
    // A photo that must be turned clockwise shows its faces turned the other way.
    const placed = await placeInBox(landmarkFinder, image, scaleBox(found, scale), (-found.turns * Math.PI) / 2);
    return { ...faceBox(placed.pose), score: found.score, ...placed };
  };

  const describe = async (image: RgbImage, scale: number, face: Located): Promise<AnalyzedFace> => {
    const chip = alignedChip(image, face.pose, embedder.chipSize);
    const points = fivePoints(face.landmarks);
    const box: RelativeBox = [
      face.x / image.width,
      face.y / image.height,
      face.width / image.width,
      face.height / image.height,
    ];
    return {
      box,
      landmarks: points.map((value, i) => value / (i % 2 === 0 ? image.width : image.height)),
      score: face.score,
      quality: faceQuality(face.width / scale, chip, points),
      embedding: await embedder.embed(chip),
      crop: await cropFrom(image, box),
    };
  };

  return {
    backend,
    async analyze(photo) {
      const views = new PhotoViews(photo);
      const found = await finder.find(views);
      if (found.length === 0) return [];
      const image = await imageFor(views, found);
      const scale = views.scaleOf(image);
      const located: Located[] = [];
      for (const face of found) {
        const placed = await locate(image, scale, face);
        if (placed.pose.misfit <= maxMisfit) located.push(placed);
      }
      const faces = suppress(located, (a, b) => iou(a, b) > sameFaceIou).toSorted((a, b) => a.x - b.x);
      const analyzed: AnalyzedFace[] = [];
      for (const face of faces) analyzed.push(await describe(image, scale, face));
      return analyzed;
    },
    async describe(photo, drawn) {
      const views = new PhotoViews(photo);
      const [x, y, width, height] = drawn;
      const box = {
        x: x * photo.width,
        y: y * photo.height,
        width: width * photo.width,
        height: height * photo.height,
      };
      await views.atLeast(drawnInSide);
      const image = await imageFor(views, [box]);
      const scale = views.scaleOf(image);
      const face = { ...scaleBox(box, scale), score: 1 };
      const placed = await placeInBox(landmarkFinder, image, face, 0);
      return { ...(await describe(image, scale, { ...face, ...placed })), box: drawn };
    },
    async embedCentre(photo) {
      const image = await photo.render(512);
      const side = Math.min(image.width, image.height) * 0.6;
      const square = squareToTarget((image.width - side) / 2, (image.height - side) / 2, side, embedder.chipSize);
      return embedder.embed(warp(image, square, embedder.chipSize));
    },
    dispose() {
      for (const part of [ssd, tiny, landmarkFinder, embedder]) part.dispose();
    },
  };
}

/** A face with its landmarks, in pixels of one image. */
interface Located extends Detection, PlacedFace {}

/** One image for all faces, in which the smallest is large enough, as far as the photo has it. */
async function imageFor(views: PhotoViews, faces: readonly Box[]): Promise<RgbImage> {
  const smallest = Math.min(...faces.map(({ width, height }) => Math.max(width, height)));
  const sideWith = (pixels: number): number => views.longSide * Math.min(1, pixels / smallest);
  const largest = await views.atLeast(0);
  const isEnough = Math.max(largest.width, largest.height) >= sideWith(enoughSide);
  return isEnough ? largest : views.atLeast(sideWith(usefulSide));
}
