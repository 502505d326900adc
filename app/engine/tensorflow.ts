import { createRequire } from 'node:module';
import util from 'node:util';
import tf from '@tensorflow/tfjs';

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * Starts TensorFlow's native library, where somebody has installed it: it is large, and downloaded when it is installed, so
 * Kindred does not bring it along.
 *
 * @returns what it runs on
 * @throws Error with a reason for people
 */
export async function startTensorFlow(): Promise<string> {
  restoreRemovedFunctions();
  const require = createRequire(import.meta.url);
  for (const name of packages) {
    let file: string;
    try {
      file = require.resolve(name);
    } catch {
      continue;
    }
    try {
      await import(file);
    } catch (error) {
      throw new Error(`${name} is installed but does not load: ${(error as Error).message.split('\n')[0]!}`, {
        cause: error,
      });
    }
    if (!(await tf.setBackend('tensorflow'))) throw new Error(`${name} is installed but does not start.`);
    return name.endsWith('gpu') ? 'TensorFlow with CUDA' : 'TensorFlow on the processor';
  }
  throw new Error('not installed');
}

/** Node 23 has done away with functions that tfjs-node 4.22 calls. */
function restoreRemovedFunctions(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  functions['isArray'] ??= Array.isArray;
}
