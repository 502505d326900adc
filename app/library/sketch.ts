import type { RgbImage } from './image.ts';

/** Cells along each side; see `PhotoSketch` in the contract. */
const side = 3;

/**
 * Boils a photo down to what a window can show before the thumbnail is there: the mean colour of each cell.
 *
 * @returns 27 bytes: three rows of three cells, red, green and blue of each, sRGB
 */
export function makeSketch({ data, width, height }: RgbImage): Uint8Array {
  const sketch = new Uint8Array(side * side * 3);
  for (let cell = 0; cell < side * side; cell++) {
    const rows = span(Math.floor(cell / side), height);
    const columns = span(cell % side, width);
    const sums = [0, 0, 0];
    for (let row = rows.start; row < rows.end; row++) {
      for (let at = 3 * (row * width + columns.start); at < 3 * (row * width + columns.end); at += 3) {
        for (let channel = 0; channel < 3; channel++) sums[channel]! += data[at + channel]!;
      }
    }
    const count = (rows.end - rows.start) * (columns.end - columns.start);
    for (let channel = 0; channel < 3; channel++) sketch[3 * cell + channel] = Math.round(sums[channel]! / count);
  }
  return sketch;
}

/** Pixels of one cell along an axis; cells of a tiny image share theirs. */
function span(index: number, length: number): { start: number; end: number } {
  const start = Math.min(Math.floor((index * length) / side), length - 1);
  return { start, end: Math.max(start + 1, Math.floor(((index + 1) * length) / side)) };
}
