import type { Database } from 'better-sqlite3';
import { KindredError } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/procedures.ts';
import type { PhotoFilter, SmartAlbum } from '../../contract/search.ts';
import { deleteAlbum, insertAlbum, listAlbums, updateAlbum, type StoredAlbum } from '../../search/albums.store.ts';
import type { EventBus } from '../event-bus.ts';
import type { Filters } from './filters.ts';
import type { LibraryColumns } from './library-columns.ts';

type AlbumHandlers = Pick<Handlers, Extract<keyof Handlers, `albums.${string}`>>;

/** Filters that are kept under a name. */
export function createAlbums(db: Database, events: EventBus, columns: LibraryColumns, filters: Filters): AlbumHandlers {
  async function toDto(album: StoredAlbum): Promise<SmartAlbum> {
    const rows = filters.rows(album.filter);
    const newest = rows[0];
    return {
      ...album,
      photos: rows.length,
      coverPhotoId: newest === undefined ? null : columns.photos().ids[newest]!,
      problems: await filters.problems(album.filter),
    };
  }

  function check(name: string, { from, to, leastPeople = 0, mostPeople = Infinity }: PhotoFilter, self?: number): void {
    if (from !== undefined && to !== undefined && from > to) {
      throw new KindredError('invalid-input', 'The first day comes after the last one.');
    }
    if (leastPeople > mostPeople) {
      throw new KindredError('invalid-input', 'The least number of people is more than the most.');
    }
    const taken = listAlbums(db).some((album) => album.id !== self && album.name === name);
    if (taken) throw new KindredError('invalid-input', `There is an album ${name} already; choose another name.`);
  }

  return {
    'albums.list': () => Promise.all(listAlbums(db).map(toDto)),
    'albums.save': ({ name, filter }) => {
      check(name, filter);
      const id = insertAlbum(db, name, filter);
      events.emit('albums.changed', null);
      return toDto({ id, name, filter });
    },
    'albums.change': ({ id, ...changes }) => {
      const before = listAlbums(db).find((album) => album.id === id);
      if (!before) throw notFound();
      const album = {
        id,
        name: changes.name ?? before.name,
        filter: changes.filter ?? before.filter,
      };
      check(album.name, album.filter, id);
      updateAlbum(db, album);
      events.emit('albums.changed', null);
      return toDto(album);
    },
    'albums.remove': ({ id }) => {
      if (!deleteAlbum(db, id)) throw notFound();
      events.emit('albums.changed', null);
      return null;
    },
  };
}

function notFound(): KindredError {
  return new KindredError('not-found', 'That album is not there any more.');
}
