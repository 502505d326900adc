/** Formats that Kindred reads; HEIC and AVIF share a container and are told apart by their codec later. */
export type PhotoContainer = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'heif';

/** Major and compatible brands of still pictures in the ISO base media file format. */
const pictureBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'avif', 'avis', 'mif2']);

/** The container by its first bytes; null for anything that is not one of ours. */
export function photoContainer(bytes: Uint8Array): PhotoContainer | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 128)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'webp';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'gif';
  // The last two are BigTIFF.
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(start)) return 'tiff';
  if (start.slice(4, 8) === 'ftyp') return brands(start).some((brand) => pictureBrands.has(brand)) ? 'heif' : null;
  return null;
}

/** Brands of a leading `ftyp` box: the major one, then (after a version) the compatible ones. */
function brands(start: string): string[] {
  const boxBytes = Buffer.from(start.slice(0, 4), 'latin1').readUInt32BE();
  const box = start.slice(0, boxBytes);
  return [box.slice(8, 12), ...(box.slice(16).match(/[^]{4}/g) ?? [])];
}

/**
 * True when the file evidently ends before its picture does. Photos of the `heif` container must be asked this first:
 * their decoders pass over what is missing and invent it.
 */
export function isCutOff(bytes: Uint8Array, container: PhotoContainer): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (container) {
    case 'heif':
      return endsInsideBox(view);
    case 'png':
      return !Buffer.from(bytes.slice(-64)).includes('IEND');
    case 'webp':
      return view.byteLength < 12 || view.getUint32(4, true) + 8 > view.byteLength;
    case 'gif':
      return bytes.at(-1) !== 0x3b;
    case 'tiff':
      return view.byteLength < 8 || view.getUint32(4, bytes[0] === 0x49) >= view.byteLength;
    case 'jpeg':
      return bytes.at(-2) !== 0xff || bytes.at(-1) !== 0xd9;
  }
}

/** Walks the outermost boxes: the last one must end where the file ends. */
function endsInsideBox(view: DataView): boolean {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const size = view.getUint32(at);
    // Zero: to the end of the file. One: the size follows in 64 bits.
    if (size === 0) return false;
    at += size === 1 && at + 16 <= view.byteLength ? Number(view.getBigUint64(at + 8)) : Math.max(size, 8);
  }
  return at > view.byteLength;
}
