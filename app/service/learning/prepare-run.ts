import { join } from 'node:path';
import { KindredError } from '../../contract/errors.ts';
import { mediaPaths } from '../../contract/wire.ts';
import { pointsInCrop } from '../../faces/crop.ts';
import { facePlaces } from '../../faces/faces.store.ts';
import type { FacePicture } from '../../learning/face-maps.ts';
import { createMedia } from '../media.ts';
import {
  pipelineOf,
  parentOf,
  withoutLearned,
  defaultThresholdOf,
  type ModelChoice,
} from '../../faces/models/choice.ts';
import type { VersionFile } from '../../faces/models/version-file.ts';
import { readVersionFile } from '../../faces/models/version-file.ts';
import type { RunContext } from '../../learning/checkpoint.ts';
import type { StoredRun } from '../../learning/training-runs.store.ts';
import type { TrainingInput } from '../../learning/training-messages.ts';
import { listVersions } from '../../learning/versions.store.ts';
import { readLog } from '../../people/decision-log.ts';
import { listDecisions } from '../../people/decisions.store.ts';
import { gatherKnown, type Known } from '../../people/known-people.ts';
import { resolveChoice } from '../library-models.ts';
import type { OpenLibrary } from '../open-library.ts';
import { collect } from './collect.ts';

/** What was decided up to this entry of the history. */
function knownAt({ db }: OpenLibrary, entry: number): Known {
  return gatherKnown(readLog(listDecisions(db).filter(({ id }) => id <= entry)).standing);
}

/**
 * The models whose features a run learns from: those in use, without a head that was trained before.
 *
 * @throws KindredError `invalid-input` where they give none
 */
export async function learnableModels(library: OpenLibrary): Promise<{ inUse: ModelChoice; features: ModelChoice }> {
  const active = library.active();
  const { choice, problem } = await resolveChoice(active, library.modelsPath);
  if (!choice) throw new KindredError('invalid-input', problem);
  if (pipelineOf(choice) !== active.model) {
    throw new KindredError('invalid-input', 'The photos are being read anew by this Kindred. Train when that is done.');
  }
  if (choice.embedder) {
    throw new KindredError(
      'invalid-input',
      'Learning follows the built-in recognition network, and another one is in use. Choose the built-in models first.',
    );
  }
  return { inUse: choice, features: parentOf(choice) ?? choice };
}

/** Reads what a run learns from, as of when it was started. */
export async function prepareRun(
  library: OpenLibrary,
  { kind, options, lastDecision }: StoredRun,
): Promise<{ context: RunContext; input: TrainingInput }> {
  const { db } = library;
  const { inUse, features } = await learnableModels(library);
  const pipeline = pipelineOf(features);
  const known = knownAt(library, lastDecision);
  const { seed } = options;
  const collected = await collect(db, pipeline, known, { seed, mostStrangers: mostStrangers[kind] });
  const { data, faces, people, summary } = collected;
  const active = inUse.learned;
  const current: VersionFile | undefined = active && readVersionFile(active.file);
  const isOurs = listVersions(db).some(({ id, imported }) => id === active?.id && !imported);
  const before = current && isOurs ? confirmedAt(knownAt(library, current.info.data.lastDecision)) : new Set<number>();
  return {
    context: {
      pipeline,
      on: features.learned?.id ?? null,
      parent: active?.id ?? null,
      threshold: library.threshold(),
      people: people.map(({ id, name }) => ({ id, name })),
      data: { ...summary, lastDecision },
    },
    input: {
      kind,
      seed: options.seed,
      data: { ...data, threshold: defaultThresholdOf(withoutLearned(features)) },
      pictures: kind === 'finetune' ? await picturesOf(library, [...faces, ...collected.strangers]) : [],
      modelsPath: join(library.cachePath, 'models'),
      faceIds: Int32Array.from(faces, ({ id }) => id),
      learnedBefore: Uint8Array.from(faces, ({ id }) => Number(before.has(id))),
      networkFile: features.learned?.file ?? null,
      head: current?.head ?? null,
      retrain: isOurs && active?.kind === 'head',
    },
  };
}

/** Unconfirmed faces that are taken: more add nothing but time. */
const mostStrangers = { head: 20_000, finetune: 1500 } as const;

/**
 * The cached pictures of faces, made where they are not there.
 *
 * @throws KindredError `not-found` where a photo cannot be reached
 */
async function picturesOf(
  { db, cachePath, pool }: OpenLibrary,
  faces: readonly { id: number }[],
): Promise<FacePicture[]> {
  const media = createMedia(db, cachePath, pool);
  const pictures: FacePicture[] = [];
  const places = facePlaces(
    db,
    faces.map(({ id }) => id),
  );
  for (const { id, box, landmarks, width, height } of places) {
    const { path } = await media(mediaPaths.face(id));
    pictures.push({ file: path, points: pointsInCrop(landmarks, box, { width, height }) });
  }
  return pictures;
}

function confirmedAt({ people }: Known): Set<number> {
  return new Set(people.flatMap(({ confirmed }) => confirmed));
}
