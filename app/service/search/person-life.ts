import { KindredError } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/procedures.ts';
import { findPerson, type Person } from '../../people/people.ts';
import type { Grouping } from '../grouping.ts';
import type { LibraryColumns } from './library-columns.ts';

const mostTogether = 100;

/** A person through the years, and in company. */
export function createPersonLife(
  grouping: Grouping,
  columns: LibraryColumns,
): Pick<Handlers, 'people.years' | 'people.together'> {
  function personOrThrow(id: string): Person {
    const person = findPerson(columns.people().people, id);
    if (!person) throw new KindredError('not-found', 'That person is not in the library any more.');
    return person;
  }

  return {
    'people.years': ({ id }) => {
      const faces = personOrThrow(id).faceIds.flatMap((face) => grouping.faces().get(face) ?? []);
      const byYear = Map.groupBy(
        faces.filter(({ day }) => day !== ''),
        ({ day }) => Number(day.slice(0, 4)),
      );
      return [...byYear]
        .sort(([a], [b]) => a - b)
        .map(([year, all]) => {
          const best = all.reduce((a, b) => (b.quality > a.quality ? b : a));
          return { year, faceId: best.id, photoId: best.photoId, faces: all.length };
        });
    },

    'people.together': ({ id }) => {
      const person = personOrThrow(id);
      const { people, numberOf, photosOf } = columns.people();
      const own = new Set(photosOf[numberOf.get(person)!]);
      const isShown = (other: Person): boolean => other !== person && !other.known?.hidden;
      return people.list
        .map((other, number) => ({
          id: other.id,
          name: other.name,
          coverFaceId: other.coverFaceId,
          photos: isShown(other) ? photosOf[number]!.reduce((sum, row) => sum + Number(own.has(row)), 0) : 0,
        }))
        .filter(({ photos }) => photos > 0)
        .sort((a, b) => b.photos - a.photos || Number(b.name !== '') - Number(a.name !== ''))
        .slice(0, mostTogether);
    },
  };
}
