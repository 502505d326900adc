import { join } from 'node:path';
import { loadOnnxRuntime } from '../../../app/engine/onnx-runtime.ts';
import { iou, scaleBox, suppress } from '../../../app/faces/detection/box.ts';
import { createFaceFinder, type FaceFinder, type FoundFace } from '../../../app/faces/detection/face-finder.ts';
import { createPointFinder } from '../../../app/faces/detection/point-finder.ts';
import type { Detection, FaceDetector } from '../../../app/faces/detector.ts';
import { openBuiltIn } from '../../../app/faces/models/built-in.ts';
import { onnxNetwork } from '../../../app/faces/networks/onnx-network.ts';
import { ssdDetector } from '../../../app/faces/networks/ssd-detector.ts';
import { tinyDetector } from '../../../app/faces/networks/tiny-detector.ts';
import { yunetDetector, yunetOutputs } from '../../../app/faces/networks/yunet-detector.ts';
import type { PhotoViews } from '../../../app/faces/views.ts';
import { squareToTarget, warp } from '../../../app/faces/warp.ts';
import type { RgbImage } from '../../../app/library/image.ts';
import { sharedYuNet } from '../model-choices.ts';
import type { Search } from './steps.ts';

const sureScore = 0.5;
const sameFaceIou = 0.4;

/** Finds faces by each kind of search. */
export type SearchBy = Record<Search, (views: PhotoViews) => Promise<FoundFace[]>>;

export async function builtInSearch(): Promise<SearchBy> {
  const ssd = ssdDetector(await openBuiltIn('ssd'));
  const tiny = tinyDetector(await openBuiltIn('tiny'));
  const careful = createFaceFinder(ssd, tiny, 'careful');
  const quick = createFaceFinder(ssd, tiny, 'quick');
  return {
    async prototype(views) {
      const image = await whole(views);
      const faces = await detectAt(tiny, image, 416);
      return faces.length > 0 ? faces : detectAt(ssd, image, 512);
    },
    async ssd(views) {
      return once(await ssd.detect(await views.exactly(512), sureScore));
    },
    careful: (views) => careful.find(views),
    quick: (views) => quick.find(views),
  };
}

export async function yunetSearch(): Promise<SearchBy> {
  const [runtime, part] = [await loadOnnxRuntime(), await sharedYuNet()];
  if (!runtime || !part) throw new Error('YuNet or the native engine is not here.');
  const detector = yunetDetector(await onnxNetwork(runtime, join(part.folder, part.manifest.file), yunetOutputs));
  const find = (finder: FaceFinder) => (views: PhotoViews) => finder.find(views);
  const none = (): never => {
    throw new Error("This search is the built-in models' own.");
  };
  return {
    prototype: none,
    ssd: none,
    careful: find(createPointFinder(detector, 'careful')),
    quick: find(createPointFinder(detector, 'quick')),
  };
}

/** Portraits are small: they are looked at whole. */
export function whole(views: PhotoViews): Promise<RgbImage> {
  return views.atLeast(Infinity);
}

/** Detects on an image enlarged or shrunk to a square of this side, as networks of a fixed size are used. */
async function detectAt(detector: FaceDetector, image: RgbImage, size: number): Promise<FoundFace[]> {
  const longSide = Math.max(image.width, image.height);
  const square = warp(image, squareToTarget(0, 0, longSide, size), size);
  return once(await detector.detect(square, sureScore)).map((face) => scaleBox(face, longSide / size));
}

/** The best box of each face. */
function once(boxes: readonly Detection[]): FoundFace[] {
  return suppress(boxes, (a, b) => iou(a, b) > sameFaceIou).map((face) => ({ ...face, turns: 0 }));
}
