import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { AppInfo, FolderDto, PersonDetail, PersonFaces, PersonSummary, PhotoDetail } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { Handlers } from '../contract/procedures.ts';
import { facesOfPhoto, type FaceRecord } from '../faces/faces.store.ts';
import { isFolderOnline } from '../library/folder-online.ts';
import { listFolders, removeFolder, type StoredFolder } from '../library/folders.store.ts';
import { countPhotos, findPhoto, listFailures, readTimeline, retryFailedFiles } from '../library/photos.store.ts';
import { prepareSamples, samplesAvailable } from '../library/samples.ts';
import { appendDecision, listDecisions } from '../people/decisions.store.ts';
import { decideName, findPerson, type People, type Person } from '../people/people.ts';
import { browseFolders } from './browse-folders.ts';
import type { OpenLibrary } from './open-library.ts';
import { exportPeople } from './people-export.ts';
import type { ServiceOptions } from './service-types.ts';
import { version } from './version.ts';

/** Every procedure of the contract, on an open library. */
export function createHandlers(library: OpenLibrary, host: ServiceOptions['host']): Handlers {
  const { db, events, grouping, scan } = library;

  return {
    'app.info': (): AppInfo => ({
      version,
      libraryPath: library.path,
      host,
      backend: 'wasm',
      samplesAvailable: samplesAvailable(),
    }),

    'library.summary': async () => ({
      ...countPhotos(db),
      faces: grouping.people().list.reduce((sum, { faceIds }) => sum + faceIds.length, 0),
      people: grouping.people().list.length,
      folders: await Promise.all(listFolders(db).map(toDto)),
    }),
    'library.timeline': () => readTimeline(db),
    'library.photo': ({ id }) => photoDetail(id),
    'library.failures': () => listFailures(db),
    'library.addFolder': async ({ path }) => scanNew(await library.addFolder(path)),
    'library.addSamples': async () => scanNew(await library.addFolder(await prepareSamples(library.path))),
    'library.removeFolder': ({ id }) => {
      if (!removeFolder(db, id)) throw new KindredError('not-found', 'That folder is not in the library.');
      grouping.invalidate();
      events.emit('library.changed', null);
      return null;
    },
    'folders.browse': ({ path }) => browseFolders(path),

    'people.setThreshold': async ({ threshold }) => {
      library.setThreshold(threshold);
      await grouping.refresh();
      return null;
    },

    'scan.status': () => scan.status(),
    'scan.start': () => scan.start(listFolders(db)),
    'scan.pause': () => scan.pause(),
    'scan.resume': () => scan.resume(),
    'scan.cancel': () => scan.cancel(),
    'scan.retryFailed': () => {
      retryFailedFiles(db);
      return scan.start(listFolders(db));
    },

    'people.list': () => grouping.people().list.map((person) => summaryOf(person, grouping.faces())),
    'people.export': (): PersonFaces[] => exportPeople(db, grouping.people()),
    'people.person': ({ id }) => personDetail(id),
    'people.name': ({ id, name }) => {
      const decision = decideName(personOrThrow(grouping.people(), id), name, listDecisions(db));
      if (decision) {
        appendDecision(db, decision, new Date());
        grouping.invalidate();
      }
      return summaryOf(personOrThrow(grouping.people(), id), grouping.faces());
    },
  };

  function scanNew(folder: StoredFolder): Promise<FolderDto> {
    grouping.invalidate();
    scan.start([folder]);
    return toDto(folder);
  }

  async function toDto(folder: StoredFolder): Promise<FolderDto> {
    const { id, path, photos } = folder;
    return { id, path, photos, online: await isFolderOnline(db, folder) };
  }

  function photoDetail(id: number): PhotoDetail {
    const photo = findPhoto(db, id);
    if (!photo) throw new KindredError('not-found', 'That photo is not in the library.');
    const { hash: _, ...columns } = photo;
    const path = photo.paths.find((candidate) => existsSync(candidate));
    const { byFace } = grouping.people();
    return {
      ...columns,
      fileName: basename(path ?? photo.paths[0] ?? ''),
      available: path !== undefined && statSync(path).isFile(),
      faces: facesOfPhoto(db, id).map((face) => {
        const person = byFace.get(face.id);
        return {
          id: face.id,
          box: face.box,
          personId: person?.id ?? `f${face.id}`,
          personName: person?.name ?? '',
          score: face.score,
          quality: face.quality,
        };
      }),
    };
  }

  function personDetail(id: string): PersonDetail {
    const person = personOrThrow(grouping.people(), id);
    const faces = person.faceIds
      .map((face) => grouping.faces().get(face)!)
      .sort((a, b) => b.quality - a.quality || a.id - b.id);
    const photos = new Set(faces.map(({ photoId }) => photoId));
    const timeline = readTimeline(db);
    const shown = [...timeline.ids.keys()].filter((i) => photos.has(timeline.ids[i]!));
    return {
      id: person.id,
      name: person.name,
      faceCount: person.faceIds.length,
      photoCount: photos.size,
      coverFaceId: person.coverFaceId,
      faces,
      photoIds: shown.map((i) => timeline.ids[i]!),
      aspects: shown.map((i) => timeline.aspects[i]!),
      sketches: shown.map((i) => timeline.sketches[i]!),
    };
  }
}

function summaryOf(person: Person, faces: ReadonlyMap<number, FaceRecord>): PersonSummary {
  return {
    id: person.id,
    name: person.name,
    faceCount: person.faceIds.length,
    photoCount: new Set(person.faceIds.map((face) => faces.get(face)?.photoId)).size,
    coverFaceId: person.coverFaceId,
  };
}

function personOrThrow(people: People, id: string): Person {
  const person = findPerson(people, id);
  if (!person) throw new KindredError('not-found', 'That person is not in the library any more.');
  return person;
}
