import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { KindredError } from '../contract/errors.ts';
import { loadOnnxRuntime } from '../engine/onnx-runtime.ts';
import { mostUsedModel } from '../faces/analyses.store.ts';
import {
  builtInChoice,
  defaultThresholdOf,
  dimensionOf,
  pipelineOf,
  withPack,
  type ModelChoice,
} from '../faces/models/choice.ts';
import { findPack, packId } from '../faces/models/pack-store.ts';
import { verifyFiles } from '../faces/models/packs.ts';
import { readVersionFile } from '../faces/models/version-file.ts';
import { withVersion } from '../faces/models/version-store.ts';
import { readSetting, writeSetting } from './settings.store.ts';

/** A choice as it is stored: by the packs' ids, because packs may go. */
const storedChoice = z.object({
  care: z.enum(['quick', 'careful']),
  /** `<name>@<version>`; the built-in models where there is none. */
  detector: z.string().optional(),
  embedder: z.string().optional(),
  /** Id of a trained version. */
  learned: z.string().optional(),
});
export type StoredChoice = z.infer<typeof storedChoice>;

/** The models by which people are grouped and shown. What grouping needs of them holds even where they cannot run any more. */
const activeModels = storedChoice.extend({
  /** See {@link pipelineOf}; in a library that an older Kindred made, the name that it gave. */
  model: z.string(),
  /** Length of an embedding. */
  dimension: z.int().positive(),
  /** Squared L2 (0..4): the threshold that the models come with. */
  standard: z.number().positive(),
});
export type ActiveModels = z.infer<typeof activeModels>;

const activeSetting = 'models.active';
const wantedSetting = 'models.wanted';

/** What Kindred before model packs called its models, and the threshold that they came with. */
const firstModel = { model: 'dlib-resnet-v1+mirror', standard: 0.12 } as const;

/** A stored choice, made ready to run; null with the reason where that cannot be. */
export type Resolved = { choice: ModelChoice; problem: null } | { choice: null; problem: string };

/** Finds the packs of a stored choice. */
export async function resolveChoice(stored: StoredChoice, modelsPath: string): Promise<Resolved> {
  const packs = [...new Set([stored.detector, stored.embedder])].filter((id) => id !== undefined);
  if (packs.length > 0 && !(await loadOnnxRuntime())) {
    return {
      choice: null,
      problem: `The model pack ${packs.join(' and ')} needs the native engine, which does not run on this computer.`,
    };
  }
  try {
    const choice: ModelChoice = { care: stored.care };
    const whole = (id: string): ModelChoice => {
      const { folder, manifest } = findPack(modelsPath, id);
      return withPack(choice, folder, manifest);
    };
    const detector = stored.detector === undefined ? undefined : whole(stored.detector).detector;
    const embedder = stored.embedder === undefined ? undefined : whole(stored.embedder).embedder;
    const found = { ...choice, ...(detector && { detector }), ...(embedder && { embedder }) };
    const { learned } = stored;
    return { choice: learned === undefined ? found : withVersion(found, modelsPath, learned), problem: null };
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    return { choice: null, problem: error.message };
  }
}

/** @throws KindredError `invalid-input` where a file is not the one any more that was added or trained */
export async function verifyChoice({ detector, embedder, learned }: ModelChoice): Promise<void> {
  for (const part of [detector, embedder]) if (part) await verifyFiles(part.folder, [part.manifest]);
  for (const part of [learned?.on, learned]) if (part) readVersionFile(part.file);
}

function toStored({ care, detector, embedder, learned }: ModelChoice): StoredChoice {
  return {
    care,
    ...(detector && { detector: packId(detector) }),
    ...(embedder && { embedder: packId(embedder) }),
    ...(learned && { learned: learned.id }),
  };
}

/** What is in use, as it is chosen. */
export function choiceInUse({ care, detector, embedder, learned }: ActiveModels): StoredChoice {
  return { care, ...(detector && { detector }), ...(embedder && { embedder }), ...(learned && { learned }) };
}

export function toActive(choice: ModelChoice): ActiveModels {
  return {
    ...toStored(choice),
    model: pipelineOf(choice),
    dimension: dimensionOf(choice),
    standard: defaultThresholdOf(choice),
  };
}

/** What is wanted; what ships where nothing was said. */
export function readWanted(db: Database): StoredChoice {
  return parse(storedChoice, readSetting(db, wantedSetting)) ?? toStored(builtInChoice);
}

export function writeWanted(db: Database, wanted: StoredChoice): void {
  writeSetting(db, wantedSetting, JSON.stringify(wanted));
}

/** What people are grouped by; undefined in a library that has none yet. */
export function readActive(db: Database): ActiveModels | undefined {
  const stored = parse(activeModels, readSetting(db, activeSetting));
  if (stored) return stored;
  const used = mostUsedModel(db);
  if (!used) return undefined;
  const known = [builtInChoice, { ...builtInChoice, care: 'quick' as const }].find(
    (choice) => pipelineOf(choice) === used.model,
  );
  if (known) return toActive(known);
  const standard = used.model === firstModel.model ? firstModel.standard : defaultThresholdOf(builtInChoice);
  return { ...toStored(builtInChoice), ...used, standard };
}

export function writeActive(db: Database, active: ActiveModels): void {
  writeSetting(db, activeSetting, JSON.stringify(active));
}

/** Both embed with the same network, though faces may be found and aligned otherwise. */
export function areOfOneNetwork(a: ActiveModels, b: ActiveModels): boolean {
  return a.embedder === b.embedder && a.learned === b.learned && a.dimension === b.dimension;
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string | undefined): z.infer<Schema> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
