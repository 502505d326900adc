import { KindredError } from '../../contract/errors.ts';
import type { Handlers } from '../../contract/procedures.ts';
import type { OpenLibrary } from '../open-library.ts';
import type { ImageSource, MediaFile } from '../service-types.ts';
import { createAlbums } from './albums.ts';
import { createCopyJob } from './copy-job.ts';
import { createFaceSearch } from './face-search.ts';
import { createFilters } from './filters.ts';
import { createFoundFiles } from './found-files.ts';
import { createLibraryColumns } from './library-columns.ts';
import { createPersonLife } from './person-life.ts';
import { createQueryImages } from './query-images.ts';

type SearchHandlers = Pick<
  Handlers,
  | Extract<keyof Handlers, `search.${string}` | `albums.${string}` | `files.${string}`>
  | 'people.years'
  | 'people.together'
>;

/** Everything about search in an open library. */
export interface Search {
  handlers: SearchHandlers;
  /** See `Service.receiveImage`. */
  receiveImage(source: ImageSource): Promise<string>;
  /** The picture behind `/media/query/<id>`. Rejects with `not-found`. */
  picture(path: string): Promise<MediaFile>;
  /** Reads what searches run over and opens the models, so that the first one need not wait for it. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** How many matches beyond the threshold come where nobody says. */
const usualLimit = 100;

export function createSearch(library: OpenLibrary): Search {
  const { db, events, grouping } = library;
  const columns = createLibraryColumns(library);
  const filters = createFilters(db, columns);
  const faces = createFaceSearch(db, columns, (models) => library.threshold(models));
  const images = createQueryImages(library, (photo) => columns.photos().rowOf.has(photo));
  const copies = createCopyJob(events);

  return {
    handlers: {
      'search.photos': ({ filter }) => filters.find(filter),
      'search.choices': () => filters.choices(),
      'search.suggest': ({ text }) => filters.suggest(text),
      ...createAlbums(db, events, columns, filters),
      'search.byFaces': ({ faces: given, limit = usualLimit }) => faces.byFaces(eachOnce(given), limit),
      'search.image': ({ image }) => images.open(image),
      'search.markFace': ({ image, box }) => images.mark(image, box),
      'search.byImage': async ({ image, faces: given, limit = usualLimit }) => {
        for (;;) {
          const { model, vectors } = await images.vectors(image, eachOnce(given));
          const found = await faces.byVectors(model, vectors, limit);
          // Else other models have taken over just now.
          if (found) return found;
        }
      },
      'search.closeImage': async ({ image }) => {
        await images.close(image);
        return null;
      },
      ...createPersonLife(grouping, columns),
      ...createFoundFiles(db, copies),
    },
    receiveImage: (source) => images.receive(source),
    picture: (path) => images.picture(path.slice(path.lastIndexOf('/') + 1)),
    async prepare() {
      const { index } = await columns.faces();
      if (index.count > 0) await library.pool.probe();
    },
    async close() {
      await copies.close();
      await images.closeAll();
      await columns.close();
    },
  };
}

function eachOnce(faces: readonly number[]): readonly number[] {
  if (new Set(faces).size < faces.length) throw new KindredError('invalid-input', 'The same face is given twice.');
  return faces;
}
