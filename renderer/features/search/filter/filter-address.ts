import type { PhotoFilter } from '../../../../app/contract/search.ts';

const personId = /^[pf]\d+$/;

/** A filter as the part of an address behind the question mark; '' for an empty one. */
export function filterToQuery(filter: PhotoFilter): string {
  const query = new URLSearchParams();
  const add = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) query.append(key, String(value));
  };
  add('text', filter.text);
  for (const key of ['all', 'any', 'none'] as const) for (const id of filter[key] ?? []) add(key, id);
  if (filter.only === true) add('only', 'yes');
  add('from', filter.from);
  add('to', filter.to);
  add('folder', filter.folder);
  add('camera', filter.camera);
  if (filter.place) add('place', [filter.place.south, filter.place.west, filter.place.north, filter.place.east].join());
  if (filter.unnamed !== undefined) add('unnamed', filter.unnamed ? 'yes' : 'no');
  add('least', filter.leastPeople);
  add('most', filter.mostPeople);
  return query.toString();
}

/** Reads what `filterToQuery` wrote; what makes no sense in it, as an address may be typed, is left out. */
export function filterFromQuery(text: string): PhotoFilter {
  const query = new URLSearchParams(text);
  const filter: PhotoFilter = {};
  const word = (key: string): string | undefined => {
    const typed = query.get(key)?.trim().slice(0, 200) ?? '';
    return typed === '' ? undefined : typed;
  };

  const typed = word('text');
  if (typed !== undefined) filter.text = typed;
  for (const key of ['all', 'any', 'none'] as const) {
    const ids = [...new Set(query.getAll(key))].filter((id) => personId.test(id)).slice(0, 100);
    if (ids.length > 0) filter[key] = ids;
  }
  if (query.get('only') === 'yes') filter.only = true;
  for (const key of ['from', 'to'] as const) {
    const day = query.get(key);
    if (day !== null && isDay(day)) filter[key] = day;
  }
  const folder = query.get('folder');
  if (folder) filter.folder = folder;
  const camera = word('camera');
  if (camera !== undefined) filter.camera = camera;
  const place = readPlace(query.get('place'));
  if (place) filter.place = place;
  const unnamed = query.get('unnamed');
  if (unnamed === 'yes' || unnamed === 'no') filter.unnamed = unnamed === 'yes';
  const least = readCount(query.get('least'));
  if (least !== undefined) filter.leastPeople = least;
  const most = readCount(query.get('most'));
  if (most !== undefined) filter.mostPeople = most;
  return filter;
}

/** Whether nothing narrows the library down. */
export const isEmpty = (filter: PhotoFilter): boolean => filterToQuery(filter) === '';

/** `YYYY-MM-DD`, of a day that there is. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readPlace(text: string | null): PhotoFilter['place'] {
  const degrees = (text ?? '').split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [south = NaN, west = NaN, north = NaN, east = NaN] = degrees;
  const within = (value: number, limit: number): boolean => value >= -limit && value <= limit;
  const sensible = within(south, 90) && within(north, 90) && within(west, 180) && within(east, 180) && south <= north;
  return degrees.length === 4 && sensible ? { south, west, north, east } : undefined;
}

function readCount(text: string | null): number | undefined {
  return /^\d{1,4}$/.test(text ?? '') && Number(text) <= 1000 ? Number(text) : undefined;
}
