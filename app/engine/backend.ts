import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { KindredError } from '../contract/errors.ts';
import { startTensorFlow } from './tensorflow.ts';
import { registerWasmGradients } from './wasm-gradients.ts';
import { dropGpu, startWebGpu } from './webgpu.ts';

/** `tensorflow`: the native library, with CUDA where its GPU variant is installed. `cpu`: plain JavaScript, for tests. */
export const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What trains, and why. */
export interface Backend {
  name: BackendName;
  /** The graphics card, or what else it runs on, for people. */
  device: string;
  /** It was asked for, see {@link startTrainingBackend}. */
  forced: boolean;
  /** What would have come before it, and why it was not taken. */
  passedOver: { name: BackendName; reason: string }[];
}

let wasm: Promise<void> | undefined;
let training: Promise<Backend> | undefined;

/**
 * Starts a TensorFlow.js backend in this thread, unless one is chosen already; later calls give the same one. It is the
 * WebAssembly one: networks run one photo per thread, and a graphics card is for training.
 *
 * @returns the backend's name, to be shown to people
 * @throws Error when the backend cannot be started (damaged installation)
 */
export async function startBackend(): Promise<BackendName> {
  if (training) return (await training).name;
  await (wasm ??= startWasm());
  return 'wasm';
}

/**
 * Starts the fastest backend for training in this thread: TensorFlow's native library where it is installed, a graphics card by
 * WebGPU, or WebAssembly; later calls give the same one. What is computed in this thread from now on is computed there.
 *
 * @param wanted this one and no other; `KINDRED_BACKEND` unless told
 * @param software takes a graphics card that is none, as for a test; where one is asked for it does unless told
 * @throws KindredError `invalid-input` when there is none of that name; Error when the wanted one cannot be started
 */
export function startTrainingBackend(
  wanted = process.env['KINDRED_BACKEND'],
  software = wanted !== undefined && wanted !== '',
): Promise<Backend> {
  training ??= choose(wanted === '' ? undefined : wanted, software).catch((error: unknown) => {
    training = undefined;
    throw error;
  });
  return training;
}

/**
 * Lets go of the graphics card, which would keep the process from ending. Tensors that are there are lost, and this thread cannot
 * start the same one again.
 */
export async function stopTrainingBackend(): Promise<void> {
  const backend = await training?.catch(() => undefined);
  training = undefined;
  if (backend && backend.name !== 'wasm') tf.removeBackend(backend.name);
  dropGpu();
  // It was the current one no more.
  if (wasm) wasm = wasm.then(useWasm);
}

async function choose(wanted: string | undefined, software: boolean): Promise<Backend> {
  if (wanted !== undefined) {
    const name = backendNames.find((known) => known === wanted);
    if (!name) {
      throw new KindredError('invalid-input', `There is no backend ${wanted}; there are ${backendNames.join(', ')}.`);
    }
    try {
      return { name, device: await start(name, software), forced: true, passedOver: [] };
    } catch (error) {
      throw new Error(`The backend ${name} cannot be used: ${(error as Error).message}.`, { cause: error });
    }
  }
  const passedOver: Backend['passedOver'] = [];
  for (const name of ['tensorflow', 'webgpu'] as const) {
    try {
      return { name, device: await start(name, software), forced: false, passedOver };
    } catch (error) {
      passedOver.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { name: 'wasm', device: await start('wasm', software), forced: false, passedOver };
}

/** @returns what it runs on */
async function start(name: BackendName, software: boolean): Promise<string> {
  switch (name) {
    case 'tensorflow':
      return startTensorFlow();
    case 'webgpu':
      return startWebGpu(software);
    case 'wasm':
      await (wasm ??= startWasm());
      await useWasm();
      return 'one thread of the processor';
    case 'cpu':
      await tf.setBackend('cpu');
      return 'one thread of the processor, in plain JavaScript';
  }
}

async function startWasm(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(join(dirname(entry), 'dist') + '/');
  registerWasmGradients();
  await useWasm();
  tf.enableProdMode();
}

async function useWasm(): Promise<void> {
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TensorFlow.js did not start.');
  await tf.ready();
}
