import { describe, expect, it } from 'vitest';
import { isCutOff, photoContainer } from '../../../app/library/photo-format.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
/** A box of the ISO base media file format. */
const box = (type: string, content: string, size = content.length + 8): string =>
  String.fromCharCode(size >> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255) + type + content;

describe('photoContainer', () => {
  it.each([
    ['\xff\xd8\xff\xe1', 'jpeg'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
    ['GIF89a', 'gif'],
    ['II*\0\x08\0\0\0', 'tiff'],
    ['MM\0*\0\0\0\x08', 'tiff'],
    [box('ftyp', 'heic\0\0\0\0mif1heic'), 'heif'],
    [box('ftyp', 'avif\0\0\0\0'), 'heif'],
    [box('ftyp', 'xyzw\0\0\0\0abcdmif1'), 'heif'],
    // A film, and a brand that only follows after the box.
    [box('ftyp', 'isom\0\0\0\0mp41'), null],
    [box('ftyp', 'isom\0\0\0\0') + 'heic', null],
    ['RIFF\x10\0\0\0WAVEfmt ', null],
    ['<svg xmlns="http://www.w3.org/2000/svg">', null],
    ['%PDF-1.7', null],
    ['BM', null],
    ['\xff\xd8', null],
    ['', null],
  ])('tells %j to be %s', (start, container) => {
    expect(photoContainer(bytes(start))).toBe(container);
  });
});

describe('isCutOff', () => {
  it('walks the boxes of HEIC and AVIF to the end of the file', () => {
    const whole = box('ftyp', 'heic\0\0\0\0') + box('meta', 'm'.repeat(20)) + box('mdat', 'd'.repeat(50));
    expect(isCutOff(bytes(whole), 'heif')).toBe(false);
    for (let length = 52; length < whole.length; length++) {
      expect(isCutOff(bytes(whole.slice(0, length)), 'heif')).toBe(true);
    }
    expect(isCutOff(bytes(box('ftyp', 'heic') + box('mdat', 'to the end', 0)), 'heif')).toBe(false);
    const wide = '\0\0\0\x01mdat' + '\0\0\0\0\0\0\0\x18' + 'eight by';
    expect(isCutOff(bytes(wide), 'heif')).toBe(false);
    expect(isCutOff(bytes(wide.slice(0, -1)), 'heif')).toBe(true);
    // A size that cannot be must not keep the walk on the spot.
    expect(isCutOff(bytes(box('free', '', 3).repeat(3)), 'heif')).toBe(false);
  });

  it('looks for the end of the others', () => {
    expect(isCutOff(bytes('\xff\xd8...\xff\xd9'), 'jpeg')).toBe(false);
    expect(isCutOff(bytes('\xff\xd8...'), 'jpeg')).toBe(true);
    expect(isCutOff(bytes('\x89PNG...\0\0\0\0IEND\xae\x42\x60\x82'), 'png')).toBe(false);
    expect(isCutOff(bytes('\x89PNG...'), 'png')).toBe(true);
    expect(isCutOff(bytes('RIFF\x08\0\0\0WEBPdata'), 'webp')).toBe(false);
    expect(isCutOff(bytes('RIFF\x09\0\0\0WEBPdata'), 'webp')).toBe(true);
    expect(isCutOff(bytes('RIFF'), 'webp')).toBe(true);
    expect(isCutOff(bytes('GIF89a...;'), 'gif')).toBe(false);
    expect(isCutOff(bytes('GIF89a...'), 'gif')).toBe(true);
    expect(isCutOff(bytes('II*\0\x08\0\0\0..'), 'tiff')).toBe(false);
    expect(isCutOff(bytes('MM\0*\0\0\0\x0c..'), 'tiff')).toBe(true);
  });
});
