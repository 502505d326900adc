import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

export type BackendName = 'wasm';

let started: Promise<BackendName> | undefined;

/**
 * Starts the TensorFlow.js backend of this thread; later calls give the same one.
 *
 * @returns the backend's name, to be shown to people
 * @throws Error when the backend cannot be started (damaged installation)
 */
export function startBackend(): Promise<BackendName> {
  started ??= startWasm();
  return started;
}

async function startWasm(): Promise<BackendName> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  setWasmPaths(join(dirname(entry), 'dist') + '/');
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend of TensorFlow.js did not start.');
  await tf.ready();
  tf.enableProdMode();
  return 'wasm';
}
