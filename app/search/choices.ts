import type { FilterChoices } from '../contract/search.ts';
import type { PhotoColumns } from './columns.ts';
import { isWithin } from './filter.ts';

/** Places beyond these are not worth a dot on a map. */
const mostPlaces = 500;

/** What filters may ask of these photos, with how many photos each leads to. Folders come without whether they are online. */
export type CountedChoices = Omit<FilterChoices, 'folders'> & { folders: { path: string; photos: number }[] };

/** @param roots absolute paths of the library's folders; folders above them are left out */
export function countChoices(photos: PhotoColumns, roots: readonly string[]): CountedChoices {
  const cameras = new Tally<string>();
  const months = new Tally<string>();
  const places = new Tally<string>();
  let placed = 0;
  for (let row = 0; row < photos.ids.length; row++) {
    const camera = photos.cameraNames[photos.cameras[row]!];
    if (camera !== undefined) cameras.add(camera);
    const day = photos.days[row]!;
    if (day > 0)
      months.add(
        `${String(Math.floor(day / 10_000)).padStart(4, '0')}-${String(Math.floor(day / 100) % 100).padStart(2, '0')}`,
      );
    const latitude = photos.latitudes[row]!;
    if (Number.isNaN(latitude)) continue;
    placed += 1;
    places.add(`${tenth(latitude)},${tenth(photos.longitudes[row]!)}`);
  }
  return {
    cameras: cameras.mostFirst().map(([camera, count]) => ({ camera, photos: count })),
    folders: countFolders(photos, roots),
    months: months
      .mostFirst()
      .map(([month, count]) => ({ month, photos: count }))
      .sort((a, b) => (a.month < b.month ? -1 : 1)),
    places: places
      .mostFirst()
      .slice(0, mostPlaces)
      .map(([place, count]) => {
        const [latitude, longitude] = place.split(',').map(Number) as [number, number];
        return { latitude, longitude, photos: count };
      }),
    placed,
  };
}

/** Each photo counts once in a folder, also where it lies in several files below. */
function countFolders(
  { files, folderPaths }: PhotoColumns,
  roots: readonly string[],
): { path: string; photos: number }[] {
  const above = folderPaths.map((path) => foldersAbove(path, roots));
  const photosIn = new Map<string, Set<number>>();
  for (let file = 0; file < files.ids.length; file++) {
    for (const path of above[files.folders[file]!]!) {
      let inside = photosIn.get(path);
      if (!inside) photosIn.set(path, (inside = new Set()));
      inside.add(files.photos[file]!);
    }
  }
  return [...photosIn]
    .map(([path, inside]) => ({ path, photos: inside.size }))
    .sort((a, b) => b.photos - a.photos || (a.path < b.path ? -1 : 1));
}

/** The folder and those above it, up to the outermost of the library's. */
export function foldersAbove(path: string, roots: readonly string[]): string[] {
  const found: string[] = [];
  for (let next = path; roots.some((root) => isWithin(next, root));) {
    found.push(next);
    const parent = next.replace(/[/\\][^/\\]*$/, '') || '/';
    if (parent === next) break;
    next = parent;
  }
  return found;
}

function tenth(degrees: number): number {
  // Adding zero turns -0 into 0.
  return Math.round(degrees * 10) / 10 + 0;
}

class Tally<Key> {
  readonly #counts = new Map<Key, number>();

  add(key: Key): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  mostFirst(): [Key, number][] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
}
