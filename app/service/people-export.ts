import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { PersonFaces } from '../contract/dto.ts';
import { facesOfPhoto } from '../faces/faces.store.ts';
import { visiblePhotoPaths } from '../library/photos.store.ts';
import type { People } from '../people/people.ts';

/**
 * Every person with every face, in the order of {@link People}; a face once for every place where its photo lies. Places
 * that cannot be reached are left out where there is another: what was moved is not in two places.
 *
 * @param model whose faces are shown
 */
export function exportPeople(db: Database, people: People, model: string): PersonFaces[] {
  const facesByPerson = new Map<string, PersonFaces['faces']>();
  for (const [photoId, places] of Map.groupBy(visiblePhotoPaths(db), ({ photoId }) => photoId)) {
    const reachable = places.length > 1 ? places.filter(({ path }) => existsSync(path)) : places;
    for (const { path } of reachable.length > 0 ? reachable : places) {
      for (const face of facesOfPhoto(db, photoId, model)) {
        const person = people.byFace.get(face.id);
        if (!person) continue;
        const faces = facesByPerson.get(person.id) ?? [];
        faces.push({ id: face.id, photoId, photo: path, box: face.box });
        facesByPerson.set(person.id, faces);
      }
    }
  }
  return people.list.map(({ id, name }) => ({ id, name, faces: facesByPerson.get(id) ?? [] }));
}
