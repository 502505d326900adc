import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { z } from 'zod';
import { KindredError } from '../../contract/errors.ts';
import type { LearningMetrics, TrainingData } from '../../contract/learning.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from '../../engine/safetensors.ts';
import { headDimension, type Head } from './head.ts';

/** Squared L2, between unit vectors. */
const distance = z.number().gt(0).lt(4);
const share = z.number().min(0).max(1);
const metrics: z.ZodType<LearningMetrics> = z.object({ identification: share, grouping: share, general: share });
const count = z.int().nonnegative();
const data: z.ZodType<TrainingData> = z.object({
  people: count,
  faces: count,
  photos: count,
  differentPairs: count,
  strangers: count,
  lastDecision: count,
});

const versionId = z.string().regex(/^(head|finetune|scratch)-[0-9a-f]{12}$/);

/** What a version file says of itself. */
const versionInfo = z.strictObject({
  id: versionId,
  kind: z.enum(['head', 'finetune', 'scratch']),
  /** The models that its network or its head follows on, see `pipelineOf`. */
  pipeline: z.string().min(1).max(300),
  /** The network whose weights these are, or whose features the head takes. */
  architecture: z.string().min(1).max(60),
  /** For a head on the features of a trained network: that version. */
  on: versionId.nullable(),
  /** Length of a face's features; 0 where there is no head. */
  inputs: z.int().nonnegative().max(65_536),
  /** Per part of the head its weight in the embedding. */
  parts: z.array(z.number().positive().max(1000)).max(16),
  /** Length of the embedding. */
  dimension: z.int().positive().max(65_536),
  threshold: distance,
  /** ISO time. */
  createdAt: z.iso.datetime(),
  /** The version that was in use when it was trained; null for the models as they came. */
  parent: versionId.nullable(),
  data,
  before: metrics,
  after: metrics,
  /** Why it was kept, a sentence. */
  reason: z.string().max(1000),
});
export type VersionInfo = z.infer<typeof versionInfo>;

/** A model version as it is trained, before it has an id. */
export type NewVersion = Omit<VersionInfo, 'id' | 'inputs' | 'parts'>;

/** A model version: a head, the weights of a network, or both. */
export interface VersionFile {
  info: VersionInfo;
  /** Null where the network's own embedding is used. */
  head: Head | null;
  /** By the names of the network's weights; empty for a head alone. */
  weights: ReadonlyMap<string, NamedTensor>;
}

const format = 'kindred-model-version';
const formatVersion = '1';
const headPrefix = 'head.';
const weightPrefix = 'network.';
/** The header of a safetensors file stands after its length. */
const lengthBytes = 8;
/** More than the header of any version. */
const longestInfo = 4 * 1024 * 1024;

/**
 * A version as one file: safetensors, with everything about it as JSON in the header, and a checksum over that and the
 * numbers. The id is made of the numbers, so that the same version has the same id everywhere.
 */
export function encodeVersion(
  version: NewVersion,
  { head, weights }: Pick<VersionFile, 'head' | 'weights'>,
): { info: VersionInfo; bytes: Uint8Array<ArrayBuffer> } {
  const tensors = new Map<string, NamedTensor>();
  for (const [i, { matrix, columns }] of (head?.parts ?? []).entries()) {
    tensors.set(`${headPrefix}${i}`, { shape: [head!.inputs, columns], values: matrix });
  }
  for (const [name, weight] of weights) tensors.set(weightPrefix + name, weight);
  const parts = head?.parts.map(({ weight }) => weight) ?? [];
  const id = `${version.kind}-${checksum(version.pipeline + JSON.stringify(parts), tensors).slice(0, 12)}`;
  const info: VersionInfo = { ...version, id, inputs: head?.inputs ?? 0, parts };
  const text = JSON.stringify(info);
  return {
    info,
    bytes: writeSafetensors({ format, formatVersion, version: text, sha256: checksum(text, tensors) }, tensors),
  };
}

/**
 * Reads and checks a version file. Nothing in it is trusted.
 *
 * @param place for people, such as the path
 * @throws KindredError `invalid-input` where it is damaged, foreign, or of a newer Kindred
 */
export function decodeVersion(file: Uint8Array, place: string): VersionFile {
  const refuse = (reason: string): KindredError =>
    new KindredError('invalid-input', `${place} is not a model version that Kindred can use: ${reason}.`);
  let content;
  try {
    content = readSafetensors(file);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const { metadata, tensors } = content;
  if (metadata['format'] !== format) throw refuse('it was not made by Kindred');
  if (metadata['formatVersion'] !== formatVersion) throw refuse('it was made by a newer Kindred');
  const text = metadata['version'] ?? '';
  if (metadata['sha256'] !== checksum(text, tensors)) throw refuse('it is damaged (its checksum is another)');
  const info = parseInfo(text);
  if (typeof info === 'string') throw refuse(info);
  for (const [name, { values }] of tensors) {
    if (!values.every(Number.isFinite)) throw refuse(`its tensor ${name} holds something else than numbers`);
  }
  const head = readHead(info, tensors);
  if (typeof head === 'string') throw refuse(head);
  const weights = new Map<string, NamedTensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(weightPrefix)) weights.set(name.slice(weightPrefix.length), tensor);
    else if (!name.startsWith(headPrefix)) throw refuse(`Kindred does not know its tensor ${name}`);
  }
  if (info.kind === 'head' ? weights.size > 0 || !head : weights.size === 0) throw refuse('it is not whole');
  return { info, head, weights };
}

/** @throws KindredError `invalid-input` */
export function readVersionFile(path: string): VersionFile {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new KindredError('invalid-input', `${path} cannot be read.`, { path });
  }
  return decodeVersion(bytes, path);
}

/**
 * What a version file says of itself, without reading or checking the numbers.
 *
 * @throws KindredError `invalid-input`
 */
export function readVersionInfo(path: string): VersionInfo {
  try {
    const info = parseInfo(readMetadata(path)['version'] ?? '');
    if (typeof info !== 'string') return info;
  } catch {
    // Told below.
  }
  throw new KindredError('invalid-input', `The file of the model version, ${path}, is missing or damaged.`, { path });
}

function readMetadata(path: string): Record<string, string> {
  const file = openSync(path, 'r');
  try {
    const length = Buffer.alloc(lengthBytes);
    readSync(file, length);
    const header = Buffer.alloc(Math.min(Number(length.readBigUInt64LE()), longestInfo));
    readSync(file, header);
    return (JSON.parse(header.toString()) as { __metadata__: Record<string, string> }).__metadata__;
  } finally {
    closeSync(file);
  }
}

/** @returns what is wrong, where it does not fit */
function readHead(info: VersionInfo, tensors: ReadonlyMap<string, NamedTensor>): Head | null | string {
  const parts = [];
  for (const [i, weight] of info.parts.entries()) {
    const { shape, values: matrix } = tensors.get(`${headPrefix}${i}`) ?? { shape: [], values: new Float32Array() };
    const [inputs, columns = 0] = shape;
    if (shape.length !== 2 || inputs !== info.inputs || columns === 0) return `part ${i + 1} of its head does not fit`;
    parts.push({ weight, matrix, columns });
  }
  const named = [...tensors.keys()].filter((name) => name.startsWith(headPrefix));
  if (named.length !== parts.length) return 'its head has more parts than it says';
  if (parts.length === 0) return null;
  const head: Head = { inputs: info.inputs, parts };
  return headDimension(head) === info.dimension ? head : 'its head gives embeddings of another length than it says';
}

/** @returns what is wrong, where it cannot be read */
function parseInfo(text: string): VersionInfo | string {
  try {
    return versionInfo.parse(JSON.parse(text));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    return issue ? `its ${issue.path.join('.')} is not valid` : 'its description cannot be read';
  }
}

/** Over a text and everything about the tensors. */
function checksum(text: string, tensors: ReadonlyMap<string, NamedTensor>): string {
  const hash = createHash('sha256').update(text);
  for (const [name, { shape, values }] of tensors) {
    hash.update(`${name} ${shape.join()};`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
