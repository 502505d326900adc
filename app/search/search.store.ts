import type { Database } from 'better-sqlite3';
import { statement } from '../store/statement.ts';
import { dayToNumber, type PhotoColumns } from './columns.ts';

type PhotoRow = [id: number, time: string, camera: string | null, latitude: number | null, longitude: number | null];

const photosAfter = statement<[number], PhotoRow>(
  'SELECT id, timeline_at, camera, latitude, longitude FROM photos WHERE id > ? ORDER BY id',
);
const filesAfter = statement<[number], [id: number, path: string]>(
  'SELECT id, path FROM files WHERE id > ? ORDER BY id',
);
const shownFiles = statement<[], [id: number, photo: number]>('SELECT id, photo_id FROM visible_files ORDER BY id');
const filesWith = statement<[string], number>('SELECT rowid FROM file_words WHERE file_words MATCH ?');
const vectorsAfter = statement<[string, number, number, number], [face: number, vector: Buffer]>(
  'SELECT face_id, vector FROM embeddings WHERE model = ? AND face_id > ? AND face_id <= ? ORDER BY face_id LIMIT ?',
);
const pathsOf = statement<[string], [place: number, path: string]>(`
  SELECT json_each.key, files.path FROM json_each(?)
  JOIN files ON files.photo_id = json_each.value JOIN folders ON folders.id = files.folder_id
  WHERE status <> 'failed'
  GROUP BY json_each.key, files.path
  ORDER BY json_each.key, min(removed), min(status = 'missing'), files.path`);

/** Reads every photo that is shown, with what filters ask about. What never changes of a photo or a file is read once. */
export class PhotoColumnsReader {
  readonly #db: Database;
  /** All photos, also those that are not shown, in the order of the timeline. */
  #photos: PhotoRow[] = [];
  #lastPhoto = 0;
  /** By a file's id, its place in the paths of folders. */
  readonly #folderOf: number[] = [];
  readonly #folders = new Numbering();

  constructor(db: Database) {
    this.#db = db;
  }

  read(): PhotoColumns {
    this.#takeUp();
    const shown = shownFiles(this.#db).raw().all();
    const isShown = new Uint8Array(this.#lastPhoto + 1);
    for (const [, photo] of shown) isShown[photo] = 1;
    const rows = this.#photos.filter(([id]) => isShown[id] === 1);
    const rowOf = new Map(rows.map(([id], row) => [id, row]));
    const cameras = new Numbering();
    const folders = new Numbering();
    return {
      ids: Int32Array.from(rows, ([id]) => id),
      rowOf,
      days: Int32Array.from(rows, ([, time]) => dayToNumber(time)),
      cameras: Int32Array.from(rows, ([, , camera]) => (camera === null ? -1 : cameras.of(camera))),
      cameraNames: cameras.names,
      latitudes: Float64Array.from(rows, (row) => row[3] ?? NaN),
      longitudes: Float64Array.from(rows, (row) => row[4] ?? NaN),
      files: {
        ids: Int32Array.from(shown, ([id]) => id),
        photos: Int32Array.from(shown, ([, photo]) => rowOf.get(photo)!),
        // Only those with something in them that is shown.
        folders: Int32Array.from(shown, ([id]) => folders.of(this.#folders.names[this.#folderOf[id]!]!)),
      },
      folderPaths: folders.names,
    };
  }

  #takeUp(): void {
    const photos = photosAfter(this.#db).raw().all(this.#lastPhoto);
    if (photos.length > 0) {
      this.#lastPhoto = photos.at(-1)![0];
      this.#photos = [...this.#photos, ...photos].sort(latestFirst);
    }
    for (const [id, path] of filesAfter(this.#db)
      .raw()
      .all(this.#folderOf.length - 1)) {
      this.#folderOf[id] = this.#folders.of(folderOf(path));
    }
  }
}

function latestFirst([a, timeA]: PhotoRow, [b, timeB]: PhotoRow): number {
  if (timeA !== timeB) return timeA < timeB ? 1 : -1;
  return b - a;
}

/**
 * Ids of the files whose folder and file names, from the library's folder on, have all these words, each at the beginning of
 * a word. Files that are not shown now are among them.
 */
export function filesWithWords(db: Database, text: string): number[] {
  // A zero would end the text for SQLite.
  const words = text.split(/[\s\0]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return [];
  // As phrases, so that nothing in them is taken for the language of FTS5.
  const query = words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ');
  return filesWith(db).pluck().all(query);
}

/**
 * The next faces that have an embedding of this model, by id, with their embeddings row by row.
 *
 * @param after only faces after this one, up to `last`
 */
export function readVectors(
  db: Database,
  model: string,
  { after, last, limit }: { after: number; last: number; limit: number },
): { ids: number[]; embeddings: Float32Array } {
  const rows = vectorsAfter(db).raw().all(model, after, last, limit) as unknown as [number, Buffer][];
  const bytes = Buffer.concat(rows.map(([, vector]) => vector));
  // Copied, because a blob need not start at a multiple of four bytes.
  return { ids: rows.map(([face]) => face), embeddings: new Float32Array(new Uint8Array(bytes).buffer) };
}

/** The paths of each of these photos, likely ones first; none for a photo that is not in the library. */
export function pathsOfPhotos(db: Database, photoIds: readonly number[]): string[][] {
  const paths: string[][] = photoIds.map(() => []);
  for (const [place, path] of pathsOf(db).raw().all(JSON.stringify(photoIds)) as unknown as [number, string][]) {
    paths[place]!.push(path);
  }
  return paths;
}

/** Names as numbers from 0, in the order in which they come. */
class Numbering {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** By either separator, whatever system the library is read on. */
function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at <= 0 ? path.slice(0, 1) : path.slice(0, at);
}
