import type { Care } from '../../contract/dto.ts';
import type { TrainingKind } from '../../contract/learning.ts';
import type { DetectorManifest, EmbedderManifest, PackManifest } from './manifest.ts';

export type { Care };

/** A part of a model pack, with the folder that holds its file. */
export interface PackPart<Manifest> {
  /** Of the pack. */
  name: string;
  version: string;
  folder: string;
  manifest: Manifest;
}

/** A trained model version, see docs/decisions/0009. */
export interface LearnedPart {
  id: string;
  kind: TrainingKind;
  /** Absolute path of its file. */
  file: string;
  /** Length of an embedding. */
  dimension: number;
  /** Squared L2 (0..4). */
  threshold: number;
  /** The trained network whose features a head takes; the other models' where there is none. */
  on?: LearnedPart;
}

/** Which models find and embed faces. Plain data, so that it can be given to a thread. */
export interface ModelChoice {
  care: Care;
  /** The built-in detectors where none is named. */
  detector?: PackPart<DetectorManifest>;
  /** The built-in network where none is named. */
  embedder?: PackPart<EmbedderManifest>;
  /** What was trained in this library takes the place of the embedder, or follows it. */
  learned?: LearnedPart;
}

/** What ships: the built-in pack, careful. */
export const builtInChoice: ModelChoice = { care: 'careful' };

/** The choice with what a pack brings; the other part stays as it is. */
export function withPack(choice: ModelChoice, folder: string, manifest: PackManifest): ModelChoice {
  const { name, version, detector, embedder } = manifest;
  return {
    ...choice,
    ...(detector && { detector: { name, version, folder, manifest: detector } }),
    ...(embedder && { embedder: { name, version, folder, manifest: embedder } }),
  };
}

/**
 * Version of what Kindred itself does from a photo to embeddings; change it whenever the same photo and models would give
 * other faces.
 */
const pipelineVersion = 3;

const builtInDimension = 128;

/** Length of an embedding. */
export function dimensionOf({ embedder, learned }: ModelChoice): number {
  return learned?.dimension ?? embedder?.manifest.dimension ?? builtInDimension;
}

/**
 * Names everything from detection to embedding. It is stored with every photo and every embedding: distances between
 * embeddings of different names are not to be compared, as other landmarks give another alignment.
 */
export function pipelineOf({ care, detector, embedder, learned }: ModelChoice): string {
  const nameOf = (part: { name: string; version: string } | undefined): string =>
    part ? `${part.name}@${part.version}` : 'built-in';
  const versions = [learned?.on, learned].flatMap((part) => part?.id ?? []);
  return [`kindred-${pipelineVersion}`, nameOf(detector), nameOf(embedder), care, ...versions].join('+');
}

/** What a trained head follows: the choice whose features it takes. Undefined where there is no such head. */
export function parentOf({ learned, ...choice }: ModelChoice): ModelChoice | undefined {
  if (learned?.kind !== 'head') return undefined;
  return learned.on ? { ...choice, learned: learned.on } : choice;
}

/** The models as they came, without what was trained. */
export function withoutLearned({ learned: _, ...choice }: ModelChoice): ModelChoice {
  return choice;
}

/** Squared L2 (0..4) under which groups of faces unite, until the user moves it; tuned on `lfw-dev`, see docs/accuracy.md. */
export function defaultThresholdOf({ care, detector, embedder, learned }: ModelChoice): number {
  if (learned) return learned.threshold;
  if (embedder) return embedder.manifest.threshold;
  if (care === 'quick') return 0.12;
  return detector ? 0.11 : 0.1125;
}
