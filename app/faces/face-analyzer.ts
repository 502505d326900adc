import type { RelativeBox } from '../contract/dto.ts';
import type { DecodedPhoto, RgbImage } from '../library/image.ts';
import { join } from 'node:path';
import { engineName, loadOnnxRuntime } from '../engine/onnx-runtime.ts';
import { alignedChip, faceBox } from './alignment.ts';
import { iou, scaleBox, suppress } from './detection/box.ts';
import { cropFrom } from './crop.ts';
import type { Box, Detection } from './detector.ts';
import { createFaceFinder, type FaceFinder, type FoundFace } from './detection/face-finder.ts';
import { createPointFinder } from './detection/point-finder.ts';
import { builtInEmbedder, packEmbedder, type FaceEmbedder } from './embedder.ts';
import { landmarkFinder } from './landmarks.ts';
import { openBuiltIn } from './models/built-in.ts';
import type { ModelChoice, PackPart } from './models/choice.ts';
import type { Network } from './networks/network.ts';
import { onnxNetwork } from './networks/onnx-network.ts';
import { ssdDetector } from './networks/ssd-detector.ts';
import { tinyDetector } from './networks/tiny-detector.ts';
import { yunetDetector, yunetOutputs } from './networks/yunet-detector.ts';
import { placeByPoints, placeInBox, type PlacedFace } from './placing.ts';
import { faceQuality, type FaceQuality } from './quality.ts';
import { PhotoViews } from './views.ts';
import { squareToTarget } from './warp.ts';

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
  /** What the built-in network's last layer makes the embedding of: 256 numbers. */
  features?: Float32Array;
  /** Square JPEG of 256 pixels, the face in the middle with a margin. */
  crop: Uint8Array;
}

/** Finds, aligns, judges and embeds the faces of photos. One per thread; one photo at a time. */
export interface FaceAnalyzer {
  /** What computes: ONNX Runtime, or a TensorFlow.js backend. */
  readonly engine: 'onnxruntime' | 'wasm';
  /** @returns the faces from left to right */
  analyze(photo: DecodedPhoto): Promise<AnalyzedFace[]>;
  /** Aligns, judges and embeds what is in a box that somebody drew; the box stays as it was drawn. */
  describe(photo: DecodedPhoto, box: RelativeBox): Promise<AnalyzedFace>;
  /** Embedding of the middle of a photo, for evaluation where no face was found. */
  embedCentre(photo: DecodedPhoto): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Worst misfit that still is a face: half of all faces have less than 0.03, one in a thousand more than 0.1. */
export const maxMisfit = 0.12;
/** Pixels across a face that are enough: embeddings get no better from more (measured down to 60). */
const enoughSide = 80;
/** Pixels across a face when the photo is decoded again because they are not. */
const usefulSide = 120;
/** Long side of the image in which a drawn face is looked at first; a small one is decoded larger. */
const drawnInSide = 1024;
/** Landmarks of two faces lie farther apart than this overlap of their boxes allows. */
const sameFaceIou = 0.4;

/** Side of the chip by which a face is judged: dlib's, which shows a face of 100 pixels. */
const judgedSide = 150;

/**
 * Opens the chosen models: a fraction of a second, and a second more the first time.
 *
 * @param modelsPath where the built-in networks are kept in the native engine's format; may be deleted at any time
 * @throws Error when a model cannot be opened, or a pack is chosen and the native engine does not load here
 */
export async function createFaceAnalyzer(choice: ModelChoice, modelsPath: string): Promise<FaceAnalyzer> {
  const finder = await openFinder(choice, modelsPath);
  const landmarks = landmarkFinder(await openBuiltIn('landmarks', modelsPath));
  const embedder = await openEmbedder(choice, modelsPath);

  const locate = async (image: RgbImage, scale: number, found: FoundFace): Promise<Located> => {
    // A photo that must be turned clockwise shows its faces turned the other way.
    const placed = found.points
      ? await placeByPoints(
          landmarks,
          image,
          found.points.map((value) => value * scale),
        )
      : await placeInBox(landmarks, image, scaleBox(found, scale), (-found.turns * Math.PI) / 2);
    return { ...faceBox(placed.pose), score: found.score, ...placed };
  };

  const describe = async (image: RgbImage, scale: number, face: Located): Promise<AnalyzedFace> => {
    const { vector, disagreement, features } = await embedder.embed(image, face);
    const chip = alignedChip(image, face.pose, judgedSide);
    const points = face.points ?? face.fivePoints;
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
      quality: faceQuality(face.width / scale, chip, points, disagreement),
      embedding: vector,
      ...(features && { features }),
      crop: await cropFrom(image, box),
    };
  };

  return {
    engine: await engineName(),
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
      const placed = await placeInBox(landmarks, image, face, 0);
      return { ...(await describe(image, scale, { ...face, ...placed })), box: drawn };
    },
    async embedCentre(photo) {
      const image = await photo.render(512);
      const side = Math.min(image.width, image.height) * 0.6;
      const square = squareToTarget((image.width - side) / 2, (image.height - side) / 2, side, 1);
      return (await embedder.embedSquare(image, square)).vector;
    },
    async dispose() {
      for (const part of [finder, landmarks, embedder]) await part.dispose();
    },
  };
}

async function openFinder({ care, detector }: ModelChoice, modelsPath: string): Promise<FaceFinder> {
  if (detector) return createPointFinder(yunetDetector(await openPart(detector, yunetOutputs)), care);
  const ssd = ssdDetector(await openBuiltIn('ssd', modelsPath));
  return createFaceFinder(ssd, tinyDetector(await openBuiltIn('tiny', modelsPath)), care);
}

async function openEmbedder({ care, embedder }: ModelChoice, modelsPath: string): Promise<FaceEmbedder> {
  if (!embedder) return builtInEmbedder(await openBuiltIn('recognition', modelsPath), care);
  const { output } = embedder.manifest;
  return packEmbedder(await openPart(embedder, output === undefined ? undefined : [output]), embedder.manifest, care);
}

async function openPart(part: PackPart<{ file: string }>, outputs?: readonly string[]): Promise<Network> {
  const runtime = await loadOnnxRuntime();
  if (!runtime) throw new Error(`The model pack ${part.name} needs the native engine, which does not run here.`);
  return onnxNetwork(runtime, join(part.folder, part.manifest.file), outputs);
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
