import ExifReader, { type IncludeTagsOptions } from 'exifreader';

/** What a photo says about itself; null where it does not. */
export interface PhotoMetadata {
  /** Local wall-clock time where it was taken, `YYYY-MM-DDTHH:mm:ss`. The file's own date is not one. */
  takenAt: string | null;
  /** Make and model, the make said once. */
  camera: string | null;
  lens: string | null;
  /** One line for people: `1/125 s, f/2.8, ISO 200, 35 mm`. */
  exposure: string | null;
  /** Degrees, north positive. */
  latitude: number | null;
  /** Degrees, east positive. */
  longitude: number | null;
}

/** Reading only these keeps thumbnails, maker notes and colour profiles out of the work. */
const wanted: IncludeTagsOptions = {
  exif: [
    'Make',
    'Model',
    'LensModel',
    'DateTimeOriginal',
    'DateTimeDigitized',
    'ExposureTime',
    'FNumber',
    'ISOSpeedRatings',
    'FocalLength',
    'GPSLatitude',
    'GPSLatitudeRef',
    'GPSLongitude',
    'GPSLongitudeRef',
  ],
  xmp: ['DateTimeOriginal', 'DateCreated', 'CreateDate', 'Lens', 'Make', 'Model'],
  gps: true,
};

type TagGroup = Partial<Record<string, { value: unknown }>>;

interface Tags {
  exif: TagGroup;
  xmp: TagGroup;
  gps: { Latitude?: number; Longitude?: number };
}

/**
 * Reads EXIF and XMP from a photo of any format. Broken or absent metadata is never an error: what cannot be read is
 * null.
 */
export function readMetadata(bytes: Uint8Array): PhotoMetadata {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { exif, xmp, gps } = ExifReader.load(buffer, { expanded: true, async: false, includeTags: wanted });
    const tags: Tags = { exif: { ...exif } as TagGroup, xmp: { ...xmp }, gps: { ...gps } };
    return {
      takenAt: takenAt(tags),
      camera: camera(tags),
      lens: exifText(tags, 'LensModel') ?? xmpText(tags, 'Lens'),
      exposure: exposure(tags),
      ...position(tags),
    };
  } catch {
    return { takenAt: null, camera: null, lens: null, exposure: null, latitude: null, longitude: null };
  }
}

/** When the shutter opened; failing that, when the picture was digitised or created. */
function takenAt(tags: Tags): string | null {
  const candidates = [
    exifText(tags, 'DateTimeOriginal'),
    xmpText(tags, 'DateTimeOriginal'),
    exifText(tags, 'DateTimeDigitized'),
    xmpText(tags, 'DateCreated'),
    xmpText(tags, 'CreateDate'),
  ];
  for (const candidate of candidates) {
    const time = candidate === null ? null : parseWallClock(candidate);
    if (time !== null) return time;
  }
  return null;
}

/**
 * EXIF's `2019:03:21 11:04:22` or XMP's `2019-03-21T11:04:22.5+01:00` as `2019-03-21T11:04:22`: the wall clock where
 * the photo was taken, so a time zone is dropped and never applied. Null for dates that do not exist, such as the
 * zeros that cameras write before their clock is set.
 */
function parseWallClock(value: string): string | null {
  const match = /^(\d{4})[:-](\d\d)[:-](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?/.exec(value);
  if (!match) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  // The date object moves a 31st of February to March, which tells it from a real day.
  const date = new Date(`${time}Z`);
  const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(time);
  return real && Number(year) >= 1800 ? time : null;
}

function camera(tags: Tags): string | null {
  const make = exifText(tags, 'Make') ?? xmpText(tags, 'Make');
  const model = exifText(tags, 'Model') ?? xmpText(tags, 'Model');
  if (make === null || model === null) return model ?? make;
  // "NIKON CORPORATION" and "NIKON D90" share their first word, and so do "Canon" and "Canon EOS 5D".
  const brand = make.split(' ')[0] ?? make;
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`;
}

function exposure(tags: Tags): string | null {
  const parts: string[] = [];
  const seconds = exifNumber(tags, 'ExposureTime');
  const aperture = exifNumber(tags, 'FNumber');
  const sensitivity = exifNumber(tags, 'ISOSpeedRatings');
  const focalLength = exifNumber(tags, 'FocalLength');
  if (seconds) parts.push(seconds < 0.3 ? `1/${Math.round(1 / seconds)} s` : `${round(seconds)} s`);
  if (aperture) parts.push(`f/${round(aperture)}`);
  if (sensitivity) parts.push(`ISO ${Math.round(sensitivity)}`);
  if (focalLength) parts.push(`${round(focalLength)} mm`);
  return parts.length > 0 ? parts.join(', ') : null;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function position(tags: Tags): Pick<PhotoMetadata, 'latitude' | 'longitude'> {
  const { Latitude: latitude = NaN, Longitude: longitude = NaN } = tags.gps;
  const onEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  // Zero and zero is a spot in the ocean and what receivers without a fix write.
  if (!onEarth || (latitude === 0 && longitude === 0)) return { latitude: null, longitude: null };
  return { latitude, longitude };
}

function exifText(tags: Tags, name: string): string | null {
  const value: unknown = tags.exif[name]?.value;
  return clean(Array.isArray(value) ? value[0] : value);
}

function xmpText(tags: Tags, name: string): string | null {
  return clean(tags.xmp[name]?.value);
}

/** What is no text, or only blanks and zero bytes, is nothing. */
function clean(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Cameras pad their strings with zero bytes.
  const text = value.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
  return text === '' ? null : text.slice(0, 200);
}

/** A number, or the quotient of a rational; null where it makes no positive number. */
function exifNumber(tags: Tags, name: string): number | null {
  const value: unknown = tags.exif[name]?.value;
  const [numerator, denominator = 1] = Array.isArray(value) ? (value as unknown[]) : [value];
  const number = Number(numerator) / Number(denominator);
  return Number.isFinite(number) && number > 0 ? number : null;
}

/** A moment as the wall clock of this computer shows it, `YYYY-MM-DDTHH:mm:ss`. */
export function localWallClock(epochMs: number): string {
  const date = new Date(epochMs);
  const local = new Date(epochMs - date.getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 19);
}
