import { readFile } from 'node:fs/promises';
import { cropSize } from '../faces/crop.ts';
import { chipTransform, pointsOfMean } from '../faces/alignment.ts';
import { dlibFormat } from '../faces/embedder.ts';
import { openTrained } from '../faces/models/built-in.ts';
import { networkInput } from '../faces/networks/network.ts';
import { recognitionInputSize, splitRecognition, type RecognitionTail } from '../faces/networks/recognition-network.ts';
import { fitSimilarity, mirror, warp } from '../faces/warp.ts';
import { openPhoto } from '../library/decode.ts';
import type { RgbImage } from '../library/image.ts';
import { augment, usualAugmentation } from './augmentation/augment.ts';
import { createRandom } from './random.ts';
import type { MapShape } from './training/finetune.ts';

/** The cached picture of a face. */
export interface FacePicture {
  /** Path of the JPEG. */
  file: string;
  /** Five points, in its pixels. */
  points: Float32Array;
}

/** What the end of the network is trained on. */
export interface FaceMaps {
  tail: RecognitionTail;
  shape: MapShape;
  /** Per face the map of its chip, and after it that of its mirror image. */
  maps: Float32Array;
}

/** How the pictures are taken. */
export interface MapOptions {
  /** Where the native engine's networks are kept. */
  modelsPath: string;
  /** Changes each face by chance, as another photograph could show it; the same seed gives the same pictures. */
  augmented?: { seed: number };
  /** Called after every few faces; what it returns is waited for. */
  onProgress?: () => Promise<void>;
}

/** The first block that is trained. */
const firstTrained = 'conv256_down_out';
const facesAtOnce = 16;
/** Side of the chips that are changed, so that something is left when they are turned and shifted. */
const largerChip = Math.round(1.2 * recognitionInputSize);

/**
 * Runs the network up to its last block on faces, which training leaves as it is.
 *
 * @throws Error where a picture cannot be read
 */
export async function mapsOfFaces(
  pictures: readonly FacePicture[],
  { modelsPath, augmented, onProgress }: MapOptions,
): Promise<FaceMaps> {
  const random = augmented && createRandom(augmented.seed);
  const { trunk, tail } = await splitRecognition(firstTrained);
  const network = await openTrained({ id: trunk.name, build: () => Promise.resolve(trunk) }, modelsPath);
  let shape: MapShape = { height: 0, width: 0, channels: 0 };
  const parts: Float32Array[] = [];
  try {
    for (let first = 0; first < pictures.length; first += facesAtOnce) {
      const chips = [];
      for (const picture of pictures.slice(first, first + facesAtOnce)) {
        const chip = random
          ? await augment(await chipOf(picture, largerChip), recognitionInputSize, usualAugmentation, random)
          : await chipOf(picture, recognitionInputSize);
        chips.push(chip, mirror(chip));
      }
      const [maps] = await network.run(networkInput(chips, dlibFormat));
      const [, height = 0, width = 0, channels = 0] = maps!.dims;
      shape = { height, width, channels };
      parts.push(maps!.data);
      await onProgress?.();
    }
  } finally {
    await network.dispose();
  }
  const maps = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    maps.set(part, at);
    at += part.length;
  }
  return { tail, shape, maps };
}

/** dlib's face chip, from the picture of a face. */
async function chipOf({ file, points }: FacePicture, size: number): Promise<RgbImage> {
  const image = await (await openPhoto(await readFile(file))).render(cropSize);
  const toMean = fitSimilarity(points, pointsOfMean);
  return warp(image, chipTransform({ toMean }, size), size);
}
