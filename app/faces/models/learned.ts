import type { Care } from '../../contract/dto.ts';
import { builtInEmbedder, withHead, type FaceEmbedder } from '../embedder.ts';
import type { Architecture } from '../networks/layers.ts';
import { recognitionInputSize, recognitionNetwork } from '../networks/recognition-network.ts';
import { smallNetwork, smallNetworkName, smallNetworkSide } from '../networks/small-network.ts';
import type { Weight } from '../networks/weights.ts';
import { openBuiltIn, openTrained } from './built-in.ts';
import type { LearnedPart } from './choice.ts';
import { prepareHead } from './head.ts';
import { readVersionFile, type VersionFile } from './version-file.ts';

/** A network that can be trained. */
interface TrainableNetwork {
  /** Side of its input in pixels. */
  inputSide: number;
  build: (weights: ReadonlyMap<string, Weight>) => Promise<Architecture>;
}

/** By what a version file calls its architecture. */
const networks: Readonly<Record<string, TrainableNetwork>> = {
  'dlib-resnet-v1': { inputSide: recognitionInputSize, build: recognitionNetwork },
  [smallNetworkName]: { inputSide: smallNetworkSide, build: (weights) => Promise.resolve(smallNetwork(weights)) },
};

export function knowsArchitecture(name: string): boolean {
  return Object.hasOwn(networks, name);
}

/**
 * Opens the embedder of a trained version.
 *
 * @param modelsPath see {@link openTrained}
 * @throws KindredError `invalid-input` where its file is damaged; Error where its weights do not fit
 */
export async function openLearned(learned: LearnedPart, care: Care, modelsPath: string): Promise<FaceEmbedder> {
  const version = readVersionFile(learned.file);
  const network = await openNetwork(version, learned, care, modelsPath);
  return version.head ? withHead(network, prepareHead(version.head)) : network;
}

async function openNetwork(
  { info, weights }: VersionFile,
  { on }: LearnedPart,
  care: Care,
  modelsPath: string,
): Promise<FaceEmbedder> {
  if (on) return openLearned(on, care, modelsPath);
  if (weights.size === 0) return builtInEmbedder(await openBuiltIn('recognition'), care);
  const known = networks[info.architecture];
  if (!known)
    throw new Error(`Kindred does not know the network ${info.architecture} of the model version ${info.id}.`);
  const { inputSide, build } = known;
  return builtInEmbedder(await openTrained({ id: info.id, build: () => build(weights) }, modelsPath), care, inputSide);
}
