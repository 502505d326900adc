import { peopleColumns, type PeopleColumns, type PhotoColumns } from '../../search/columns.ts';
import type { SearchedFaces } from '../../search/rank-faces.ts';
import { PhotoColumnsReader } from '../../search/search.store.ts';
import type { People, Person } from '../../people/people.ts';
import type { GroupedModels } from '../grouping.ts';
import type { OpenLibrary } from '../open-library.ts';
import { createFaceVectors, type HeldVectors } from './face-vectors.ts';

/** Everybody in the library by number, and the photos they are in. */
export interface LibraryPeople extends PeopleColumns {
  people: People;
  numberOf: ReadonlyMap<Person, number>;
}

/** The faces of the library by row, and whose they are. */
export interface LibraryFaces extends SearchedFaces {
  /** Whose embeddings these are. */
  models: GroupedModels;
  ids: Int32Array;
  /** By a face's id. */
  rowOf: ReadonlyMap<number, number>;
  people: People;
}

/**
 * What searches run over, kept in memory: read when first asked for, and anew once the library, its people or its models have
 * changed. Whoever has heard of a change sees it.
 */
export interface LibraryColumns {
  photos(): PhotoColumns;
  people(): LibraryPeople;
  faces(): Promise<LibraryFaces>;
  close(): Promise<void>;
}

export function createLibraryColumns(library: OpenLibrary): LibraryColumns {
  const { db, events, grouping, history } = library;
  const vectors = createFaceVectors(library);
  const reader = new PhotoColumnsReader(db);
  let photos: PhotoColumns | undefined;
  let people: { of: PhotoColumns; value: LibraryPeople } | undefined;
  let faces: { of: PhotoColumns; held: HeldVectors; count: number; value: LibraryFaces } | undefined;
  // Listens before any window does, so that none can ask between a change and this.
  const unsubscribe = events.subscribe((event) => {
    if (event === 'library.changed') photos = undefined;
  });

  function photosNow(): PhotoColumns {
    photos ??= reader.read();
    return photos;
  }

  function hasPhotosOf({ rowOf }: PhotoColumns, { list }: People): boolean {
    return list.every(({ faceIds }) => faceIds.every((face) => rowOf.has(grouping.faces().get(face)?.photoId ?? -1)));
  }

  function peopleNow(): LibraryPeople {
    const now = grouping.people();
    if (people?.of !== photosNow() || people.value.people !== now) {
      // Faces may be known before anybody has been told of their photos.
      if (!hasPhotosOf(photosNow(), now)) photos = undefined;
      const of = photosNow();
      people = { of, value: makePeople(of, now) };
    }
    return people.value;
  }

  function makePeople(of: PhotoColumns, now: People): LibraryPeople {
    const rowOfFace = (face: number): number => of.rowOf.get(grouping.faces().get(face)?.photoId ?? -1) ?? -1;
    return {
      people: now,
      numberOf: new Map(now.list.map((person, number) => [person, number])),
      ...peopleColumns(
        of.ids.length,
        now.list.map(({ name, faceIds }) => ({ named: name !== '', photos: Int32Array.from(faceIds, rowOfFace) })),
      ),
    };
  }

  function makeFaces(of: PhotoColumns, now: People, { index, models, rowOf }: HeldVectors): LibraryFaces {
    const ids = Int32Array.from(index.ids);
    const { drawn } = history.known();
    const shown = new Uint8Array(ids.length);
    const photoRows = new Int32Array(ids.length).fill(-1);
    for (const [row, id] of ids.entries()) {
      const record = grouping.faces().get(id);
      const photo = record && of.rowOf.get(record.photoId);
      if (photo === undefined) continue;
      photoRows[row] = photo;
      // A box that was drawn and undone, or that has a better one now, is not there.
      const isThere = !now.replaced.has(id) && (!record?.drawn || drawn.has(id));
      shown[row] = Number(isThere && !now.aside.has(id));
    }
    const confirmed = new Int32Array(ids.length).fill(-1);
    for (const [number, person] of now.list.entries()) {
      for (const face of person.known?.confirmed ?? []) {
        const row = rowOf.get(face);
        if (row !== undefined) confirmed[row] = number;
      }
    }
    return { models, ids, rowOf, index, shown, photos: photoRows, confirmed, people: now };
  }

  return {
    photos: photosNow,
    people: peopleNow,
    async faces() {
      const held = await vectors.now();
      const { people: now } = peopleNow();
      const of = photosNow();
      const count = held.index.count;
      if (faces?.of !== of || faces.value.people !== now || faces.held !== held || faces.count !== count) {
        faces = { of, held, count, value: makeFaces(of, now, held) };
      }
      return faces.value;
    },
    async close() {
      unsubscribe();
      await vectors.close();
    },
  };
}
