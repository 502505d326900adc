import type { PhotoSketch } from '../../../app/contract/dto.ts';

const side = 3;
const headerBytes = 54;
/** Each row fills whole words of four bytes. */
const rowBytes = 12;

/** The fields of a Windows bitmap of 3 by 3 pixels with 24 bits each, top row first. */
const header = ((): Uint8Array => {
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, headerBytes + side * rowBytes, true);
  view.setUint32(10, headerBytes, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, side, true);
  view.setInt32(22, -side, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return bytes;
})();

/**
 * A photo's sketch as an image that needs no loading: nine pixels, which a browser blurs into each other when it makes them
 * larger. A bitmap is the one format that takes no compression.
 */
export function sketchUrl(sketch: PhotoSketch): string {
  const cells = atob(sketch);
  const bytes = new Uint8Array(headerBytes + side * rowBytes);
  bytes.set(header);
  for (let cell = 0; cell < side * side; cell++) {
    const at = headerBytes + Math.floor(cell / side) * rowBytes + (cell % side) * 3;
    // A bitmap has blue first.
    for (let channel = 0; channel < 3; channel++) bytes[at + channel] = cells.charCodeAt(cell * 3 + 2 - channel);
  }
  return `data:image/bmp;base64,${btoa(String.fromCharCode(...bytes))}`;
}
