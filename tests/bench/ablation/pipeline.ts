import type { RelativeBox } from '../../../app/contract/dto.ts';
import { faceBox, fivePoints, placeFace, pointsOfMean } from '../../../app/faces/alignment.ts';
import { centralFace } from '../../../app/faces/central-face.ts';
import { iou, suppress } from '../../../app/faces/detection/box.ts';
import type { FoundFace } from '../../../app/faces/detection/face-finder.ts';
import type { Box, Detection } from '../../../app/faces/detector.ts';
import { dlibFormat } from '../../../app/faces/embedder.ts';
import { maxMisfit } from '../../../app/faces/face-analyzer.ts';
import { landmarkFinder } from '../../../app/faces/landmarks.ts';
import { openBuiltIn } from '../../../app/faces/models/built-in.ts';
import { landmarkInputSize } from '../../../app/faces/networks/landmark-network.ts';
import { networkInput, type Network } from '../../../app/faces/networks/network.ts';
import { recognitionInputSize } from '../../../app/faces/networks/recognition-network.ts';
import { placeByPoints, placeInBox, type PlacedFace } from '../../../app/faces/placing.ts';
import type { PhotoViews } from '../../../app/faces/views.ts';
import { apply, fitSimilarity, invert, mirror, squareToTarget, warp } from '../../../app/faces/warp.ts';
import type { RgbImage } from '../../../app/library/image.ts';
import { chipOf } from './chips.ts';
import { builtInSearch, whole, yunetSearch } from './searches.ts';
import type { Look, PackName, Placing, Step } from './steps.ts';

/** A photo with what was found out about it so far: steps that begin alike share what they have in common. */
export class SeenPhoto {
  readonly views: PhotoViews;
  /** What the network gave for each chip. */
  readonly embedded = new Map<string, Float32Array>();
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(views: PhotoViews) {
    this.views = views;
  }

  once<Value>(key: string, find: () => Promise<Value>): Promise<Value> {
    let value = this.#known.get(key) as Promise<Value> | undefined;
    if (!value) this.#known.set(key, (value = find()));
    return value;
  }
}

/** What a step gives for a photo. */
export interface Described {
  /** Unit vector of the central face, or of the photo's centre crop where no face was found. */
  embedding: Float32Array;
  found: boolean;
}

/** Runs steps with the networks of one pack. */
export interface Pipeline {
  describe(step: Step, photo: SeenPhoto): Promise<Described>;
}

const sameFaceIou = 0.4;
const side = recognitionInputSize;

/** Opens the pack's networks, on the native engine where it runs. */
export async function openPipeline(pack: PackName): Promise<Pipeline> {
  const search = pack === 'built-in' ? await builtInSearch() : await yunetSearch();
  const landmarkNetwork = await openBuiltIn('landmarks');
  const landmarks = landmarkFinder(landmarkNetwork);
  const recognition = await openBuiltIn('recognition');

  const place = async (placing: Placing, image: RgbImage, face: FoundFace): Promise<PlacedFace> => {
    const roll = (-face.turns * Math.PI) / 2;
    if (placing === 'one-crop') return placedBy(await landmarksOfCrop(landmarkNetwork, image, face));
    if (placing === 'mirrored') return placedBy(await landmarks.find(image, face, roll));
    const { points } = face;
    if (!points) return placeInBox(landmarks, image, face, roll);
    if (placing === 'fitted') return placeByPoints(landmarks, image, points);
    const pose = { toMean: fitSimilarity(points, pointsOfMean), misfit: 0 };
    return { landmarks: new Float32Array(0), pose, fivePoints: points, points };
  };

  /** The face that the photo is about, as a scan would choose it. */
  const centralOf = async (
    placing: Placing,
    views: PhotoViews,
    found: FoundFace[],
  ): Promise<PlacedFace | undefined> => {
    const image = await whole(views);
    const located: (PlacedFace & Detection)[] = [];
    for (const face of found) {
      const placed = await place(placing, image, face);
      if (placing === 'fitted' && placed.pose.misfit > maxMisfit) continue;
      located.push({ ...faceBox(placed.pose), score: face.score, ...placed });
    }
    const faces = suppress(located, (a, b) => iou(a, b) > sameFaceIou).map((face) => {
      const { x, y, width, height } = face;
      const box: RelativeBox = [x / image.width, y / image.height, width / image.width, height / image.height];
      return { ...face, box };
    });
    return centralFace(faces);
  };

  /** The network's output for each chip, with that for its mirror image added. */
  const embed = async (chips: readonly RgbImage[], mirrored: boolean): Promise<Float32Array[]> => {
    const images = mirrored ? [...chips, ...chips.map(mirror)] : chips;
    const [rows] = await recognition.run(networkInput(images, dlibFormat));
    const dimension = rows!.data.length / images.length;
    const row = (i: number): Float32Array => rows!.data.subarray(i * dimension, (i + 1) * dimension);
    return chips.map((_, i) => (mirrored ? row(i).map((value, k) => value + row(chips.length + i)[k]!) : row(i)));
  };

  return {
    async describe({ search: how, placing, looks, mirrored }, photo) {
      const { views } = photo;
      const image = await whole(views);
      const face = await photo.once(`${how}/${placing}`, async () => {
        const found = await photo.once(how, () => search[how](views));
        return centralOf(placing, views, found);
      });
      const chips = face
        ? usable(looks, face).map((look) => ({
            key: `${how}/${placing}/${JSON.stringify(look)}/${mirrored}`,
            cut: () => chipOf(image, face, look),
          }))
        : [{ key: `centre/${mirrored}`, cut: () => centreOf(image) }];
      const fresh = chips.filter(({ key }) => !photo.embedded.has(key));
      if (fresh.length > 0) {
        const rows = await embed(
          fresh.map(({ cut }) => cut()),
          mirrored,
        );
        for (const [i, { key }] of fresh.entries()) photo.embedded.set(key, rows[i]!);
      }
      const embedding = unitSum(chips.map(({ key }) => photo.embedded.get(key)!));
      return { embedding, found: face !== undefined };
    },
  };
}

async function landmarksOfCrop(network: Network, image: RgbImage, box: Box): Promise<Float32Array> {
  const longSide = Math.max(box.width, box.height);
  const left = box.x + (box.width - longSide) / 2;
  const top = box.y + (box.height - longSide) / 2;
  const toCrop = squareToTarget(left, top, longSide, landmarkInputSize);
  const [output] = await network.run(networkInput([warp(image, toCrop, landmarkInputSize)], dlibFormat));
  const back = invert(toCrop);
  const found = new Float32Array(output!.data.length);
  for (let i = 0; i < found.length; i += 2) {
    const [x, y] = [output!.data[i]!, output!.data[i + 1]!];
    found.set(apply(back, x * landmarkInputSize, y * landmarkInputSize), i);
  }
  return found;
}

function placedBy(landmarks: Float32Array): PlacedFace {
  return { landmarks, pose: placeFace(landmarks), fivePoints: fivePoints(landmarks) };
}

/** Looks by points need a detector that gave some: a face in a turned photo has none. */
function usable(looks: readonly Look[], face: PlacedFace): readonly Look[] {
  const possible = face.points ? looks : looks.filter(({ by }) => by !== 'points');
  return possible.length > 0 ? possible : [{ by: 'landmarks' }];
}

/** What stands in for a face that was not found, as in `kindred evaluate`. */
function centreOf(image: RgbImage): RgbImage {
  const part = Math.min(image.width, image.height) * 0.6;
  return warp(image, squareToTarget((image.width - part) / 2, (image.height - part) / 2, part, side), side);
}

function unitSum(rows: readonly Float32Array[]): Float32Array {
  const sum = rows[0]!.map((_, k) => rows.reduce((total, row) => total + row[k]!, 0));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
