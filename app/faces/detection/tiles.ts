import { cutOut, type RgbImage } from '../../library/image.ts';
import type { Detection, FaceDetector } from '../detector.ts';

/** Largest tile: bounds the memory of the networks' first layers (about 80 MB, which WebAssembly never gives back). */
const tileWidth = 1280;
const tileHeight = 640;
/** Shared by neighbouring tiles: about the largest face that is looked for in a tiled image. */
const overlap = 80;

/** Runs a detector on an image of any size in overlapping tiles; a box belongs to the tile that owns its centre. */
export async function detectTiled(detector: FaceDetector, image: RgbImage, minScore: number): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const rows of spans(image.height, tileHeight)) {
    for (const columns of spans(image.width, tileWidth)) {
      const tile = cutOut(image, columns.start, rows.start, columns.end - columns.start, rows.end - rows.start);
      for (const box of await detector.detect(tile, minScore)) {
        const moved = moveDetection(box, columns.start, rows.start);
        if (owns(columns, moved.x + moved.width / 2) && owns(rows, moved.y + moved.height / 2)) found.push(moved);
      }
    }
  }
  return found;
}

function moveDetection(box: Detection, right: number, down: number): Detection {
  const moved = { ...box, x: box.x + right, y: box.y + down };
  const points = box.points?.map((value, i) => value + (i % 2 === 0 ? right : down));
  return points ? { ...moved, points } : moved;
}

interface Span {
  start: number;
  end: number;
  ownedFrom: number;
  ownedTo: number;
}

/** Splits a length into equal overlapping parts of at most `longest`; each owns up to the middle of the overlap. */
function spans(length: number, longest: number): Span[] {
  const count = length <= longest ? 1 : Math.ceil((length - overlap) / (longest - overlap));
  const step = (length - overlap) / count;
  return Array.from({ length: count }, (_, i) => ({
    start: i === 0 ? 0 : Math.round(i * step),
    end: i === count - 1 ? length : Math.round((i + 1) * step) + overlap,
    ownedFrom: i === 0 ? -Infinity : Math.round(i * step) + overlap / 2,
    ownedTo: i === count - 1 ? Infinity : Math.round((i + 1) * step) + overlap / 2,
  }));
}

function owns({ ownedFrom, ownedTo }: Span, position: number): boolean {
  return position >= ownedFrom && position < ownedTo;
}
