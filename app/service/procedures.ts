import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { AppInfo, FolderDto, PersonFaces, PhotoDetail } from '../contract/dto.ts';
import { KindredError } from '../contract/errors.ts';
import type { Handlers } from '../contract/procedures.ts';
import { facesOfPhoto } from '../faces/faces.store.ts';
import { isFolderOnline } from '../library/folder-online.ts';
import { listFolders, removeFolder, type StoredFolder } from '../library/folders.store.ts';
import { countPhotos, findPhoto, listFailures, readTimeline, retryFailedFiles } from '../library/photos.store.ts';
import { prepareSamples, samplesAvailable } from '../library/samples.ts';
import { decideName } from '../people/people.ts';
import { engineName } from '../engine/onnx-runtime.ts';
import { DistanceScale } from '../people/threshold.ts';
import { browseFolders } from './browse-folders.ts';
import { createDecider } from './decide.ts';
import { createDrawnFaces } from './drawn-faces.ts';
import type { Learning } from './learning/handlers.ts';
import { createModelHandlers } from './models.ts';
import type { OpenLibrary } from './open-library.ts';
import { exportPeople } from './people-export.ts';
import { createPeopleViews } from './people-views.ts';
import type { Search } from './search/handlers.ts';
import type { ServiceOptions } from './service-types.ts';
import { version } from './version.ts';

/** Every procedure of the contract, on an open library. */
export function createHandlers(
  library: OpenLibrary,
  learning: Learning,
  search: Search,
  host: ServiceOptions['host'],
): Handlers {
  const { db, events, grouping, history, scan } = library;
  const decider = createDecider({
    history,
    grouping,
    facesOfPhoto: (photo) => facesOfPhoto(db, photo, library.active().model).map((face) => face.id),
  });
  const views = createPeopleViews(db, grouping, history);
  const drawnFaces = createDrawnFaces(db, library.pool, library.storedAs, decider);

  return {
    'app.info': async (): Promise<AppInfo> => ({
      version,
      libraryPath: library.path,
      host,
      engine: await engineName(),
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

    ...createModelHandlers(library),
    ...learning.handlers,
    ...search.handlers,

    'people.setThreshold': async ({ threshold }) => {
      library.setThreshold(threshold);
      await grouping.refresh();
      return null;
    },
    'people.threshold': () => ({
      threshold: library.threshold(),
      standard: library.active().standard,
      ...new DistanceScale(library.active().standard).range(),
    }),
    'people.previewThreshold': ({ threshold }) => views.previewThreshold(threshold),

    'scan.status': () => scan.status(),
    'scan.start': () => scan.start(listFolders(db)),
    'scan.pause': () => scan.pause(),
    'scan.resume': () => scan.resume(),
    'scan.cancel': () => scan.cancel(),
    'scan.retryFailed': () => {
      retryFailedFiles(db);
      return scan.start(listFolders(db));
    },

    'people.list': () => views.list(),
    'people.export': (): PersonFaces[] => exportPeople(db, grouping.people(), library.active().model),
    'people.person': ({ id }) => views.detail(id),
    'people.name': async ({ id, name }) => {
      const statement = decideName(views.personOrThrow(id), name);
      const named = statement && (await decider.state(statement, id));
      return views.summary(views.personOrThrow(named?.personId ?? id));
    },
    'people.decide': ({ decision, instead = [] }) => decider.decide(decision, instead),
    'people.proposeSplit': ({ id }) => views.proposeSplit(id),
    'people.explain': ({ face }) => views.explain(face, library.threshold()),
    'people.setAside': () => views.setAside(),
    'faces.draw': ({ photo, box }) => drawnFaces.draw(photo, box),
    'faces.move': ({ face, box }) => drawnFaces.move(face, box),

    'review.next': ({ skip = [] }) => views.nextQuestion(skip),

    'history.list': () => decider.history(),
    'history.undo': (input) => decider.undo(input?.entry),
    'history.redo': () => decider.redo(),
    'history.jump': ({ entry }) => decider.jump(entry),
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
    const { byFace, aside } = grouping.people();
    const { replaced, drawn } = history.known();
    return {
      ...columns,
      fileName: basename(path ?? photo.paths[0] ?? ''),
      available: path !== undefined && statSync(path).isFile(),
      faces: facesOfPhoto(db, id, library.active().model).flatMap((face) => {
        // A box that was drawn and undone, or that has a better one now, is not there.
        if (replaced.has(face.id) || (face.drawn && !drawn.has(face.id))) return [];
        const person = byFace.get(face.id);
        return {
          id: face.id,
          box: face.box,
          standing: aside.get(face.id) ?? ('person' as const),
          confirmed: person?.known?.confirmed.includes(face.id) ?? false,
          personId: person?.id ?? `f${face.id}`,
          personName: person?.name ?? '',
          score: face.score,
          quality: face.quality,
        };
      }),
    };
  }
}
