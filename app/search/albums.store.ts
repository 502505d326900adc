import type { Database } from 'better-sqlite3';
import { photoFilter, type PhotoFilter } from '../contract/search.ts';
import { statement } from '../store/statement.ts';

/** A filter as it is kept. */
export interface StoredAlbum {
  id: number;
  name: string;
  filter: PhotoFilter;
}

interface AlbumRow {
  id: number;
  name: string;
  filter: string;
}

const allAlbums = statement<[], AlbumRow>('SELECT id, name, filter FROM smart_albums ORDER BY id DESC');
const addAlbum = statement<[string, string]>('INSERT INTO smart_albums (name, filter) VALUES (?, ?)');
const setAlbum = statement<[string, string, number]>('UPDATE smart_albums SET name = ?, filter = ? WHERE id = ?');
const dropAlbum = statement<[number]>('DELETE FROM smart_albums WHERE id = ?');

/** Newest first. One whose filter cannot be read is left out: shown without it, it would be the whole library. */
export function listAlbums(db: Database): StoredAlbum[] {
  return allAlbums(db)
    .all()
    .flatMap(({ id, name, filter }) => {
      const parsed = parse(filter);
      return parsed ? [{ id, name, filter: parsed }] : [];
    });
}

/** @returns its id */
export function insertAlbum(db: Database, name: string, filter: PhotoFilter): number {
  return Number(addAlbum(db).run(name, JSON.stringify(filter)).lastInsertRowid);
}

export function updateAlbum(db: Database, { id, name, filter }: StoredAlbum): void {
  setAlbum(db).run(name, JSON.stringify(filter), id);
}

/** Returns false where there is none with this id. */
export function deleteAlbum(db: Database, id: number): boolean {
  return dropAlbum(db).run(id).changes > 0;
}

function parse(text: string): PhotoFilter | undefined {
  try {
    return photoFilter.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
