import { join } from 'node:path';
import { startTrainingBackend } from '../../../app/engine/backend.ts';
import { builtInChoice, defaultThresholdOf } from '../../../app/faces/models/choice.ts';
import { mapsOfFaces } from '../../../app/learning/face-maps.ts';
import { createRandom } from '../../../app/learning/random.ts';
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
  const mapsOf = async (rows: Int32Array, augmented?: { seed: number }): ReturnType<typeof mapsOfFaces> => {
    const pictures = Array.from(rows, (row) => faces.pictures[row]!);
    return mapsOfFaces(pictures, { modelsPath: join(cachePath, 'models'), ...(augmented && { augmented }) });
  };
  const confirmed = await mapsOf(confirmedRows);
  const changed = await mapsOf(confirmedRows, { seed });
  const others = await mapsOf(places.map((place) => unconfirmedRows[place]!));
  const { tail, shape } = confirmed;
  await startTrainingBackend();
  const weights = await finetune(
    viewsApart({
      inputs: confirmed.maps.length / confirmedRows.length,
      lastLayer,
      threshold: defaultThresholdOf(builtInChoice),
      confirmed: { ...data.confirmed, features: confirmed.maps, copies: [changed.maps] },
      unconfirmed: {
        features: others.maps,
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
    embedRows: async (rows) => model.embed((await mapsOf(rows)).maps),
  });
  trained.dispose();
  return measured;
}
