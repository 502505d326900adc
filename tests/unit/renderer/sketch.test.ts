import { expect, it } from 'vitest';
import { sketchUrl } from '../../../renderer/ui/photo-grid/sketch.ts';

it('a sketch becomes a bitmap of nine pixels', () => {
  const cells = Uint8Array.from({ length: 27 }, (_, i) => i * 9);
  const url = sketchUrl(Buffer.from(cells).toString('base64'));
  expect(url).toMatch(/^data:image\/bmp;base64,/);
  const file = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  expect(file.toString('latin1', 0, 2)).toBe('BM');
  expect(file.readUInt32LE(2)).toBe(file.length);
  const pixels = file.subarray(file.readUInt32LE(10));
  // A negative height has the top row first.
  expect([file.readInt32LE(18), file.readInt32LE(22), file.readUInt16LE(28)]).toEqual([3, -3, 24]);
  const pixel = (x: number, y: number): number[] => [...pixels.subarray(y * 12 + x * 3, y * 12 + x * 3 + 3)].reverse();
  for (let i = 0; i < 9; i++) expect(pixel(i % 3, Math.floor(i / 3))).toEqual([...cells.subarray(i * 3, i * 3 + 3)]);
});
