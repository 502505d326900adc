import type { Database } from 'better-sqlite3';
import type { RelativeBox } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { FaceMatch, FaceSearchResult } from '../../contract/search.ts';
import { faceBoxes } from '../../faces/faces.store.ts';
import type { Person } from '../../people/people.ts';
import { rankFaces, rankTogether, type QueryPerson, type RankedFace } from '../../search/rank-faces.ts';
import type { GroupedModels } from '../grouping.ts';
import type { LibraryColumns, LibraryFaces } from './library-columns.ts';

/** Finds the faces that look like given ones. */
export interface FaceSearch {
  /** @throws KindredError `not-found` for a face that is not shown */
  byFaces(faces: readonly number[], limit: number): Promise<FaceSearchResult>;
  /**
   * @param model name of the models that the unit vectors are of
   * @returns undefined where people are grouped by other models by now
   */
  byVectors(model: string, vectors: readonly Float32Array[], limit: number): Promise<FaceSearchResult | undefined>;
}

/** @param threshold squared L2 (0..4) under which faces are likely to be of one person */
export function createFaceSearch(
  db: Database,
  columns: LibraryColumns,
  threshold: (models: GroupedModels) => number,
): FaceSearch {
  function search(faces: LibraryFaces, queries: Query[], limit: number): FaceSearchResult {
    const options = { threshold: threshold(faces.models), limit };
    const ranked = queries.map((query) => toRanked(faces, query));
    const [first] = ranked;
    const { matches, within } =
      ranked.length === 1 ? rankFaces(faces, first!, options) : rankTogether(faces, ranked, options);
    const boxes = faceBoxes(
      db,
      matches.map(({ row }) => faces.ids[row]!),
    );
    const { ids } = columns.photos();
    return {
      threshold: options.threshold,
      matches: matches.map((match, i) => toMatch(faces, ids, match, boxes[i]!)),
      people: queries.map(({ person }) => (person?.known ? { id: person.id, name: person.name } : null)),
      within,
    };
  }

  function toMatch(
    faces: LibraryFaces,
    photoIds: Int32Array,
    { row, distance, query, behind }: RankedFace,
    box: RelativeBox,
  ): FaceMatch {
    const faceId = faces.ids[row]!;
    const person = faces.people.byFace.get(faceId);
    return {
      faceId,
      photoId: photoIds[faces.photos[row]!]!,
      box,
      distance,
      query,
      personId: person?.id ?? `f${faceId}`,
      personName: person?.name ?? '',
      confirmed: faces.confirmed[row]! >= 0,
      behind,
    };
  }

  return {
    async byFaces(given, limit) {
      const faces = await columns.faces();
      const queries = given.map((face) => {
        const id = newest(faces, face);
        const row = faces.rowOf.get(id);
        if (row === undefined || faces.photos[row]! < 0) {
          throw new KindredError('not-found', 'That face is not in the library any more.');
        }
        return { vector: vectorOf(faces, row), person: faces.people.byFace.get(id) };
      });
      return search(faces, queries, limit);
    },
    async byVectors(model, vectors, limit) {
      const faces = await columns.faces();
      if (faces.models.model !== model) return undefined;
      const queries = vectors.map((vector) => ({ vector, person: lookAlike(faces, vector, threshold(faces.models)) }));
      return search(faces, queries, limit);
    },
  };
}

interface Query {
  vector: Float32Array;
  person: Person | undefined;
}

function toRanked(faces: LibraryFaces, { vector, person }: Query): QueryPerson {
  const rows = (ids: readonly number[] = []): Int32Array =>
    Int32Array.from(ids.flatMap((id) => faces.rowOf.get(id) ?? []));
  return {
    vector,
    person: person?.known ? faces.people.list.indexOf(person) : -1,
    confirmed: rows(person?.known?.confirmed),
    rejected: rows(person?.known?.rejected),
  };
}

/** Whose confirmed face is nearest, where that is near enough. */
function lookAlike(faces: LibraryFaces, vector: Float32Array, threshold: number): Person | undefined {
  // Among the nearest faces of somebody who is confirmed at all, one of those that are is not far.
  const { rows, distances } = faces.index.nearest(vector, 1000);
  const nearest = rows.find(
    (row, i) => distances[i]! < threshold && faces.shown[row] === 1 && faces.confirmed[row]! >= 0,
  );
  return nearest === undefined ? undefined : faces.people.list[faces.confirmed[nearest]!];
}

/** The id that a face goes by now: a box may have been drawn anew. */
function newest({ people }: LibraryFaces, face: number): number {
  let id = face;
  for (let next = people.replaced.get(id); next !== undefined; next = people.replaced.get(id)) id = next;
  return id;
}

function vectorOf({ index, models }: LibraryFaces, row: number): Float32Array {
  return index.embeddings.slice(row * models.dimension, (row + 1) * models.dimension);
}
