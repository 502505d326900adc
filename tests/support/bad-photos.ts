import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { PhotoFailureKind } from '../../app/contract/errors.ts';

/** A file that a careless reader would choke on. */
export interface BadPhoto {
  name: string;
  bytes: Buffer;
  /** How it must be listed; null for a photo that is merely unusual and must be read. */
  failure: PhotoFailureKind | null;
}

/** Names that file systems allow and programs stumble over. */
export const oddNames: readonly string[] = [
  'two  spaces.jpg',
  `it's "quoted" & \`ticked\`.jpg`,
  'smile 😀 ümläut.jpg',
  'new\nline.jpg',
  '<script>alert(1)<script>.jpg',
  '-rf.jpg',
  '%2e%2e%2f.jpg',
  'UPPER.JPEG',
];

/** A picture whose four quarters are red, green, blue and white, from top left to bottom right. */
export function quarters(width = 64, height = 48): Sharp {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      data.set(colours[quarter]!, (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Every kind of bad and of unusual file, small. */
export async function badPhotos(): Promise<BadPhoto[]> {
  const large = quarters(600, 400);
  const jpeg = await large.clone().jpeg().toBuffer();
  const png = await large.clone().png().toBuffer();
  const webp = await large.clone().webp({ lossless: true }).toBuffer();
  const avif = await quarters().avif().toBuffer();
  const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
  const bad = (name: string, bytes: Buffer, failure: PhotoFailureKind): BadPhoto => ({ name, bytes, failure });
  const odd = (name: string, bytes: Buffer): BadPhoto => ({ name, bytes, failure: null });
  return [
    bad('truncated.jpg', half(jpeg), 'damaged'),
    bad('header only.jpg', jpeg.subarray(0, 40), 'damaged'),
    bad('truncated.png', half(png), 'damaged'),
    bad('truncated.webp', half(webp), 'damaged'),
    bad('truncated.avif', half(avif), 'damaged'),
    bad('truncated.gif', half(await large.clone().gif().toBuffer()), 'damaged'),
    bad('truncated.tif', half(await large.clone().tiff().toBuffer()), 'damaged'),
    bad('text.jpg', Buffer.from('Dear diary, this is no photo.\n'), 'not-an-image'),
    bad('drawing.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'not-an-image'),
    bad('zeros.jpg', Buffer.alloc(5000), 'not-an-image'),
    bad('empty.jpg', Buffer.alloc(0), 'empty'),
    odd('one pixel.png', await quarters().resize(1, 1).png().toBuffer()),
    odd('one row.jpg', await quarters().resize(3000, 1, { fit: 'fill' }).jpeg().toBuffer()),
    odd('cmyk.jpg', await large.clone().toColourspace('cmyk').jpeg().toBuffer()),
    odd('16 bit.png', await large.clone().toColourspace('rgb16').png().toBuffer()),
    odd('grey.jpg', await large.clone().greyscale().jpeg().toBuffer()),
    odd('grey 16 bit.tif', await large.clone().toColourspace('grey16').tiff().toBuffer()),
    odd('transparent.png', await large.clone().ensureAlpha(0).png().toBuffer()),
    odd('palette.png', await large.clone().png({ palette: true }).toBuffer()),
    odd('animated.gif', await (await animation()).gif().toBuffer()),
    odd('animated.webp', await (await animation()).webp().toBuffer()),
    odd('png inside.jpg', png),
    odd('no end marker.jpg', jpeg.subarray(0, -2)),
  ];
}

/** Three frames: quarters, black, white. */
async function animation(): Promise<Sharp> {
  const plain = (background: string): Promise<Buffer> =>
    sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = [await quarters().png().toBuffer(), await plain('black'), await plain('white')];
  return sharp(frames, { join: { animated: true } });
}

/** A one-colour PNG of any size, made without ever holding its pixels: one bit each, and rows compress to nothing. */
export function hugePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // One bit per pixel, grey; the rest is the only way that PNG knows.
  header[8] = 1;
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    framed.set(body, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Writes every bad photo into a folder; returns them. */
export async function writeBadPhotos(folder: string): Promise<BadPhoto[]> {
  const photos = await badPhotos();
  for (const { name, bytes } of photos) await writeFile(join(folder, name), bytes);
  return photos;
}
