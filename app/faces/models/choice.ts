import type { Care } from '../../contract/dto.ts';
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

/** Which models find and embed faces. Plain data, so that it can be given to a thread. */
export interface ModelChoice {
  care: Care;
  /** The built-in detectors where none is named. */
  detector?: PackPart<DetectorManifest>;
  /** The built-in network where none is named. */
  embedder?: PackPart<EmbedderManifest>;
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
export function dimensionOf({ embedder }: ModelChoice): number {
  return embedder?.manifest.dimension ?? builtInDimension;
}

/**
 * Names everything from detection to embedding. It is stored with every photo and every embedding: distances between
 * embeddings of different names are not to be compared, as other landmarks give another alignment.
 */
export function pipelineOf({ care, detector, embedder }: ModelChoice): string {
  const nameOf = (part: { name: string; version: string } | undefined): string =>
    part ? `${part.name}@${part.version}` : 'built-in';
  return [`kindred-${pipelineVersion}`, nameOf(detector), nameOf(embedder), care].join('+');
}

/** Squared L2 (0..4) under which groups of faces unite, until the user moves it; tuned on `lfw-dev`, see docs/accuracy.md. */
export function defaultThresholdOf({ care, detector, embedder }: ModelChoice): number {
  if (embedder) return embedder.manifest.threshold;
  if (care === 'quick') return 0.12;
  return detector ? 0.11 : 0.1125;
}
