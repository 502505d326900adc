import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { stopTrainingBackend } from '../engine/backend.ts';
import { endCommand } from '../engine/worker-thread.ts';
import { readRunFile, saveRunFile } from './checkpoint.ts';
import { runTraining } from './run-training.ts';
import type { TrainingCommand, TrainingMessage, TrainingThreadData } from './training-messages.ts';

const { folder } = workerData as TrainingThreadData;
const port = parentPort!;

/** It was told to end: after the step in hand. */
let isEnding = false;
let gate: { promise: Promise<void>; open: () => void } | undefined;

port.on('message', (command: TrainingCommand | typeof endCommand) => {
  if (command === endCommand) isEnding = true;
  if (command === 'resume' || command === endCommand) {
    gate?.open();
    gate = undefined;
  } else if (!gate) {
    let open = (): void => undefined;
    const promise = new Promise<void>((resolve) => (open = resolve));
    gate = { promise, open };
  }
});

function tell(message: TrainingMessage): void {
  port.postMessage(message);
}

try {
  tell({ type: 'done', result: await resultOfRun() });
} catch (error) {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
await stopTrainingBackend();
port.close();

async function resultOfRun(): ReturnType<typeof runTraining> {
  const before = await readRunFile(folder, 'result');
  if (before) return before;
  const input = await readRunFile(folder, 'input');
  if (!input) throw new Error('What the training was to learn from cannot be read any more. Start it again.');
  const result = await runTraining(input, {
    checkpoint: await readRunFile(folder, 'checkpoint'),
    save: (checkpoint) => saveRunFile(folder, 'checkpoint', checkpoint),
    async onProgress(progress) {
      tell({ type: 'progress', ...progress });
      // Lets what it is told come in.
      await setImmediate();
      await gate?.promise;
      if (isEnding) throw new Error('The training was stopped.');
    },
  });
  await saveRunFile(folder, 'result', result);
  return result;
}
