import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFaceAnalyzer, type FaceAnalyzer } from '../../app/faces/face-analyzer.ts';
import { builtInChoice, type ModelChoice } from '../../app/faces/models/choice.ts';

/** Where trained networks would be kept. */
const modelsPath = join(tmpdir(), 'kindred-test-models');

export function openAnalyzer(choice: ModelChoice = builtInChoice): Promise<FaceAnalyzer> {
  return createFaceAnalyzer(choice, modelsPath);
}
