import type { PhotoFilter } from '../../../../app/contract/search.ts';

type Area = NonNullable<PhotoFilter['place']>;

/** A point in degrees, as short as it is still found by: `48.1° N, 11.6° E`. */
export function formatPoint(latitude: number, longitude: number, digits = 1): string {
  const one = (value: number, positive: string, negative: string): string =>
    `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
  return `${one(latitude, 'N', 'S')}, ${one(longitude, 'E', 'W')}`;
}

/** A part of the world: `near 48.1° N, 11.6° E` where it is small, else its corners. */
export function formatArea({ south, west, north, east }: Area): string {
  const width = west <= east ? east - west : east + 360 - west;
  if (north - south <= 0.5 && width <= 0.5) return `near ${formatPoint((south + north) / 2, wrap(west + width / 2))}`;
  return `between ${formatPoint(south, west, 0)} and ${formatPoint(north, east, 0)}`;
}

/** The area around a rounded place, a tenth of a degree wide and high. */
export const areaAround = (latitude: number, longitude: number): Area => ({
  south: round(Math.max(-90, latitude - 0.05)),
  west: wrap(round(longitude - 0.05)),
  north: round(Math.min(90, latitude + 0.05)),
  east: wrap(round(longitude + 0.05)),
});

/** To hundredths of a degree: about a kilometre. */
export const round = (degrees: number): number => Math.round(degrees * 100) / 100;

/** Brings a longitude back to -180..180. */
const wrap = (longitude: number): number =>
  longitude > 180 ? round(longitude - 360) : longitude < -180 ? round(longitude + 360) : longitude;
