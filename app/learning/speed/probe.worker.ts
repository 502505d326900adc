import { startTrainingBackend } from '../../engine/backend.ts';
import type { ProbeMessage } from './probe-training.ts';
import { measureEmbedding, measureFinetuning } from './speed.ts';

function tell(message: ProbeMessage): void {
  process.send!(message);
}

try {
  const backend = await startTrainingBackend();
  tell({ type: 'chosen', backend });
  const { faces, stepMs } = await measureFinetuning({ people: 8, faces: 4 }, 3);
  tell({ type: 'measured', speed: { faces, stepMs, embeddingMs: 1000 / (await measureEmbedding(4, 1)) } });
} catch (error) {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
