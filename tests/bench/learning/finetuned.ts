import { join } from 'node:path';
import { startTrainingBackend } from '../../../app/engine/backend.ts';
import { builtInChoice, defaultThresholdOf } from '../../../app/faces/models/choice.ts';
import { mapsOfFaces, type FaceMaps } from '../../../app/learning/face-maps.ts';
import { createRandom } from '../../../app/learning/random.ts';
import { selectRows } from '../../../app/learning/training/head.ts';
import {
  bothViews,
  finetune,
  finetuneRecipe,
  tailEmbedding,
  viewsApart,
} from '../../../app/learning/training/finetune.ts';
import { cachePath } from '../photo-sets.ts';
import type { LibraryFaces } from './albums.ts';
import { measure, type Measured } from './measure.ts';
import type { ConfirmedLibrary } from './user.ts';

/** As many faces of the rest of the library as the program takes. */
const strangers = 1500;

/** The network fine-tuned on what was confirmed, as `kindred train finetune` does it, and how it does on the other faces. */
export async function finetuned(
  faces: LibraryFaces,
  library: ConfirmedLibrary,
  { lastLayer, seed }: { lastLayer: Float32Array; seed: number },
): Promise<Measured> {
  const { confirmedRows, unconfirmedRows, data } = library;
  const random = createRandom(seed);
  const share = strangers / unconfirmedRows.length;
  const places = Int32Array.from(unconfirmedRows.keys()).filter(() => random() < share);
  const { maps, tail, shape } = await mapsOf(faces);
  const size = maps.length / faces.person.length;
  const select = (rows: Int32Array): Float32Array => selectRows(maps, size, rows);
  const changed = await mapsOfFaces(
    Array.from(confirmedRows, (row) => faces.pictures[row]!),
    { modelsPath, augmented: { seed } },
  );
  await startTrainingBackend();
  const weights = await finetune(
    viewsApart({
      inputs: size,
      lastLayer,
      threshold: defaultThresholdOf(builtInChoice),
      confirmed: { ...data.confirmed, features: select(confirmedRows), copies: [changed.maps] },
      unconfirmed: {
        features: select(places.map((place) => unconfirmedRows[place]!)),
        photos: places.map((place) => data.unconfirmed.photos[place]!),
        isNot: new Map(),
      },
    }),
    tail,
    shape,
    { ...finetuneRecipe, seed },
  );
  const trained = tailEmbedding(tail, shape, weights);
  const model = bothViews(trained);
  const measured = await measure(faces, library, {
    dimension: model.dimension,
    embedRows: async (rows) => model.embed(select(rows)),
  });
  trained.dispose();
  return measured;
}

const modelsPath = join(cachePath, 'models');
const known = new WeakMap<LibraryFaces, Promise<FaceMaps>>();

/** The maps of all faces of a library, made once. */
function mapsOf(faces: LibraryFaces): Promise<FaceMaps> {
  const maps = known.get(faces) ?? mapsOfFaces(faces.pictures, { modelsPath });
  known.set(faces, maps);
  return maps;
}
