import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { loadOnnxRuntime, type OnnxRuntime } from '../../engine/onnx-runtime.ts';
import { landmarkNetwork } from '../networks/landmark-network.ts';
import type { Architecture } from '../networks/layers.ts';
import type { Network, Values } from '../networks/network.ts';
import { exportOnnx } from '../networks/onnx-layers.ts';
import { onnxNetwork } from '../networks/onnx-network.ts';
import { recognitionNetwork } from '../networks/recognition-network.ts';
import { ssdNetwork } from '../networks/ssd-network.ts';
import { tinyNetwork } from '../networks/tiny-network.ts';
import { weightsVersion } from '../networks/weights.ts';

/** The networks of the built-in pack. */
const architectures = {
  ssd: ssdNetwork,
  tiny: tinyNetwork,
  landmarks: landmarkNetwork,
  recognition: recognitionNetwork,
} satisfies Record<string, () => Promise<Architecture>>;

/** A trained network: its name, made of its weights, and how it is built. */
export interface TrainedNetwork {
  id: string;
  build: () => Promise<Architecture>;
}

export type BuiltInNetwork = keyof typeof architectures;

/** Change it when the converter or a graph gives another file. */
const converterVersion = 1;
/** By how much the two engines' outputs may differ, as a part of the largest output. */
const tolerance = 1e-3;
/** Side of the image that a converted network is tried on, where it does not take one size only. */
const trialSide = 160;

/**
 * Opens a network of the built-in pack. With the native engine it runs as an ONNX file, which is made from the weights of the
 * installed face library the first time, checked against TensorFlow.js output by output, and kept. Elsewhere it runs under
 * TensorFlow.js.
 */
export function openBuiltIn(name: BuiltInNetwork): Promise<Network> {
  return open(name, architectures[name], convertedPath());
}

/** Where the built-in networks are kept for all libraries; `KINDRED_NETWORKS` overrides it. May be deleted at any time. */
function convertedPath(): string {
  const { KINDRED_NETWORKS: chosen = '' } = process.env;
  return chosen === '' ? join(envPaths('Kindred', { suffix: '' }).cache, 'networks') : chosen;
}

/**
 * Opens a trained network in the same way.
 *
 * @param modelsPath folder of converted networks; may be deleted at any time
 */
export function openTrained({ id, build }: TrainedNetwork, modelsPath: string): Promise<Network> {
  return open(id, build, modelsPath);
}

async function open(name: string, build: () => Promise<Architecture>, modelsPath: string): Promise<Network> {
  const runtime = await loadOnnxRuntime();
  if (!runtime) return underTensorFlow(await build());
  const file = join(modelsPath, `${name}-${weightsVersion()}-${converterVersion}.onnx`);
  if (existsSync(file)) {
    // A damaged file is made anew.
    const network = await onnxNetwork(runtime, file).catch(() => undefined);
    if (network) return network;
  }
  return convert(runtime, await build(), modelsPath, file);
}

/** @returns the network on the native engine, or under TensorFlow.js where that gives something else */
async function convert(
  runtime: OnnxRuntime,
  architecture: Architecture,
  modelsPath: string,
  file: string,
): Promise<Network> {
  const model = exportOnnx(architecture);
  const reference = await underTensorFlow(architecture);
  const native = await onnxNetwork(runtime, model);
  const input = trialInput(architecture);
  if (!agree(await native.run(input), await reference.run(input))) {
    await native.dispose();
    process.stderr.write(
      `The native engine computes ${architecture.name} wrongly here; TensorFlow.js does it instead.\n`,
    );
    return reference;
  }
  await reference.dispose();
  await keep(model, modelsPath, file);
  return native;
}

/** TensorFlow.js is loaded here only: it takes a quarter of a second, and memory, in every thread. */
async function underTensorFlow(architecture: Architecture): Promise<Network> {
  const { tfjsNetwork } = await import('../networks/tfjs-network.ts');
  return tfjsNetwork(architecture);
}

/** Several threads may write the same file at once. Where it cannot be kept it is made again next time. */
async function keep(model: Uint8Array, modelsPath: string, file: string): Promise<void> {
  const temporary = join(modelsPath, `.${randomUUID()}.tmp`);
  try {
    await mkdir(modelsPath, { recursive: true });
    await writeFile(temporary, model);
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Any image will do that is neither flat nor the same everywhere. */
function trialInput({ inputSide = trialSide }: Architecture): Values {
  const dims = [1, inputSide, inputSide, 3];
  const data = Float32Array.from({ length: inputSide * inputSide * 3 }, (_, i) => Math.sin(i / 7) * Math.cos(i / 2011));
  return { dims, data };
}

function agree(a: readonly Values[], b: readonly Values[]): boolean {
  return a.every(({ data }, output) => {
    const other = b[output]!.data;
    const largest = other.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return data.length === other.length && data.every((value, i) => Math.abs(value - other[i]!) <= tolerance * largest);
  });
}
