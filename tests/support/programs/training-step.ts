/**
 * `node training-step.ts BACKEND`: two steps each of training a head, the recognition network's last block and the small network
 * whole, on made numbers; prints losses and the changed weights' lengths as JSON. In a process of its own, as a backend is chosen
 * once.
 */
import { writeSync } from 'node:fs';
import tf from '@tensorflow/tfjs';
import { startTrainingBackend, stopTrainingBackend } from '../../../app/engine/backend.ts';
import { splitRecognition } from '../../../app/faces/networks/recognition-network.ts';
import { mineSemiHard } from '../../../app/learning/mining/semi-hard.ts';
import { createTrainableNetwork } from '../../../app/learning/scratch/trainable-network.ts';
import { trainableTail } from '../../../app/learning/training/finetune.ts';
import { createTrainableHead } from '../../../app/learning/training/head.ts';
import { train, type Trainable } from '../../../app/learning/training/trainer.ts';
import { createRandom, gaussian } from '../random.ts';

/** What two steps came to. */
export interface StepResult {
  losses: number[];
  /** Length of each variable's change. */
  changes: number[];
}

const [people, faces] = [2, 3];
const count = people * faces;
const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(i / faces));
const rows = Int32Array.from({ length: count }, (_, i) => i);
const random = createRandom(17);
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => gaussian(random));

async function steps<Batch>(trainable: Trainable<Batch> & { dispose(): void }, input: Batch): Promise<StepResult> {
  const losses: number[] = [];
  const before = trainable.variables.map((variable) => variable.clone());
  await train(
    trainable,
    () => ({ input, labels }),
    { steps: 2, rate: 1e-4, margin: 0.4, miner: mineSemiHard, seed: 1, pull: 0 },
    { onProgress: ({ loss }) => void losses.push(loss) },
  );
  const changes: number[] = [];
  for (const [i, variable] of trainable.variables.entries()) {
    const length = tf.tidy(() => tf.norm(tf.sub(variable, before[i]!)));
    changes.push((await length.data())[0]!);
    length.dispose();
  }
  tf.dispose(before);
  trainable.dispose();
  return { losses, changes };
}

await startTrainingBackend(process.argv[2]);
const [inputs, columns] = [256, 128];
const matrix = numbers(inputs * columns).map((value) => value / 16);
const head = await steps(createTrainableHead(numbers(count * inputs), matrix, inputs), rows);

const { tail } = await splitRecognition('conv256_down_out');
const shape = { height: 4, width: 4, channels: 256 };
const maps = numbers(count * 4 * 4 * 256).map((value) => Math.max(0, value));
const block = await steps(trainableTail(tail, maps, shape), rows);

const chips = Array.from({ length: count }, () => ({
  data: Uint8Array.from(numbers(48 * 48 * 3), (value) => 128 + 40 * value),
  width: 48,
  height: 48,
}));
const network = await steps(createTrainableNetwork(chips, 1), chips);

writeSync(1, JSON.stringify({ head, block, network } satisfies Record<string, StepResult>));
await stopTrainingBackend();
