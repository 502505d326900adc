import type { RelativeBox } from '../contract/dto.ts';
import type { DecodedPhoto, RgbImage } from '../library/image.ts';
import { join } from 'node:path';
import { engineName, loadOnnxRuntime } from '../engine/onnx-runtime.ts';
import { alignedChip, faceBox } from './alignment.ts';
import { iou, scaleBox, suppress } from './detection/box.ts';
import { centralFace } from './central-face.ts';
import { cropFrom } from './crop.ts';
import type { Box, Detection } from './detector.ts';
import { createFaceFinder, type FaceFinder, type FoundFace } from './detection/face-finder.ts';
import { createPointFinder } from './detection/point-finder.ts';
import { builtInEmbedder, packEmbedder, type FaceEmbedder } from './embedder.ts';
import { landmarkFinder } from './landmarks.ts';
import { openBuiltIn } from './models/built-in.ts';
import { openLearned } from './models/learned.ts';
import type { ModelChoice, PackPart } from './models/choice.ts';
import type { Network } from './networks/network.ts';
import { onnxNetwork } from './networks/onnx-network.ts';
import { ssdDetector } from './networks/ssd-detector.ts';
import { tinyDetector } from './networks/tiny-detector.ts';
import { yunetDetector, yunetOutputs } from './networks/yunet-detector.ts';
import { placeByPoints, placeInBox, type PlacedFace } from './placing.ts';
import { faceQuality, type FaceQuality } from './quality.ts';
import { PhotoViews } from './views.ts';
import { squareToTarget, warp, type Similarity } from './warp.ts';

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
  /** See `FaceVectors`. */
  parentEmbedding?: Float32Array;
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
  /** The central face of a photo, upright and centred; the photo's middle where no face is found. */
  centralChip(photo: DecodedPhoto, side: number): Promise<RgbImage>;
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
 * @param modelsPath where trained networks are kept in the native engine's format; may be deleted at any time
 * @throws Error when a model cannot be opened, or a pack is chosen and the native engine does not load here
 */
export async function createFaceAnalyzer(choice: ModelChoice, modelsPath: string): Promise<FaceAnalyzer> {
  const finder = await openFinder(choice);
  const landmarks = landmarkFinder(await openBuiltIn('landmarks'));
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
    const { vector, disagreement, features, parentVector } = await embedder.embed(image, face);
    const chip = alignedChip(image, face.pose, judgedSide);
    const points = face.points ?? face.fivePoints;
    const box = relativeBox(face, image);
    return {
      box,
      landmarks: points.map((value, i) => value / (i % 2 === 0 ? image.width : image.height)),
      score: face.score,
      quality: faceQuality(face.width / scale, chip, points, disagreement),
      embedding: vector,
      ...(features && { features }),
      ...(parentVector && { parentEmbedding: parentVector }),
      crop: await cropFrom(image, box),
    };
  };

  /** @returns the image that they were placed in, and its scale; undefined where there are none */
  const locateAll = async (
    photo: DecodedPhoto,
  ): Promise<{ image: RgbImage; scale: number; faces: Located[] } | undefined> => {
    const views = new PhotoViews(photo);
    const found = await finder.find(views);
    if (found.length === 0) return undefined;
    const image = await imageFor(views, found);
    const scale = views.scaleOf(image);
    const located: Located[] = [];
    for (const face of found) {
      const placed = await locate(image, scale, face);
      if (placed.pose.misfit <= maxMisfit) located.push(placed);
    }
    return { image, scale, faces: suppress(located, (a, b) => iou(a, b) > sameFaceIou) };
  };

  return {
    engine: await engineName(),
    async analyze(photo) {
      const located = await locateAll(photo);
      if (!located) return [];
      const analyzed: AnalyzedFace[] = [];
      for (const face of located.faces.toSorted((a, b) => a.x - b.x)) {
        analyzed.push(await describe(located.image, located.scale, face));
      }
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
      return (await embedder.embedSquare(image, middleOf(image, 1))).vector;
    },
    async centralChip(photo, side) {
      const located = await locateAll(photo);
      const face =
        located &&
        centralFace(
          located.faces.map((placed): { box: RelativeBox; placed: Located } => ({
            box: relativeBox(placed, located.image),
            placed,
          })),
        );
      if (face) return alignedChip(located.image, face.placed.pose, side);
      const image = await photo.render(512);
      return warp(image, middleOf(image, side), side);
    },
    async dispose() {
      for (const part of [finder, landmarks, embedder]) await part.dispose();
    },
  };
}

async function openFinder({ care, detector }: ModelChoice): Promise<FaceFinder> {
  if (detector) return createPointFinder(yunetDetector(await openPart(detector, yunetOutputs)), care);
  const ssd = ssdDetector(await openBuiltIn('ssd'));
  return createFaceFinder(ssd, tinyDetector(await openBuiltIn('tiny')), care);
}

async function openEmbedder({ care, embedder, learned }: ModelChoice, modelsPath: string): Promise<FaceEmbedder> {
  if (learned) return openLearned(learned, care, modelsPath);
  if (!embedder) return builtInEmbedder(await openBuiltIn('recognition'), care);
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

function relativeBox({ x, y, width, height }: Box, image: RgbImage): RelativeBox {
  return [x / image.width, y / image.height, width / image.width, height / image.height];
}

/** Takes the middle of an image, where a portrait has its face, to a square. */
function middleOf({ width, height }: RgbImage, size: number): Similarity {
  const side = Math.min(width, height) * 0.6;
  return squareToTarget((width - side) / 2, (height - side) / 2, side, size);
}

/** One image for all faces, in which the smallest is large enough, as far as the photo has it. */
async function imageFor(views: PhotoViews, faces: readonly Box[]): Promise<RgbImage> {
  const smallest = Math.min(...faces.map(({ width, height }) => Math.max(width, height)));
  const sideWith = (pixels: number): number => views.longSide * Math.min(1, pixels / smallest);
  const largest = await views.atLeast(0);
  const isEnough = Math.max(largest.width, largest.height) >= sideWith(enoughSide);
  return isEnough ? largest : views.atLeast(sideWith(usefulSide));
}
