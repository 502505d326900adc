import { prepareHead, type HeadPart } from '../../faces/models/head.ts';
import { mineSemiHard } from '../mining/semi-hard.ts';
import { createBatches, type Recipe } from './batches.ts';
import { createTrainableHead } from './head.ts';
import type { LearningData } from './learning-data.ts';
import { train, type TrainingControl } from './trainer.ts';

/** How a head is trained. */
export interface HeadRecipe extends Recipe {
  /** Weight of the network's own last layer in the embedding; the trained part's is 1. */
  baseWeight: number;
}

export const headRecipe: HeadRecipe = {
  steps: 300,
  rate: 3e-4,
  margin: 1,
  pull: 0.5,
  people: 30,
  faces: 7,
  strangers: 400,
  baseWeight: 1.75,
  seed: 1,
};

/**
 * Trains the last layer anew on what was confirmed, beginning with the network's own, by the triplet loss. The embedding then is
 * both, one beside the other: what the network knows of people in general, and what was learned about these.
 *
 * @throws CollapseError; the reason of the signal
 */
export async function trainHead(
  data: LearningData,
  recipe: HeadRecipe,
  control?: TrainingControl,
): Promise<HeadPart[]> {
  const { inputs, lastLayer } = data;
  const columns = lastLayer.length / inputs;
  const embed = prepareHead({ inputs, parts: [{ weight: 1, matrix: lastLayer, columns }] });
  const { features, sample } = await createBatches(data, { dimension: columns, embed }, recipe);
  const head = createTrainableHead(ofOneLength(features, inputs), lastLayer, inputs);
  try {
    await train(head, sample, { ...recipe, miner: mineSemiHard }, control);
    return [
      { weight: recipe.baseWeight, matrix: lastLayer, columns },
      { weight: 1, matrix: await head.matrix(), columns },
    ];
  } finally {
    head.dispose();
  }
}

/** Scaled to the mean length: embeddings stay what they are, and no face has more weight in the gradient for being long. */
function ofOneLength(features: Float32Array, inputs: number): Float32Array {
  const count = features.length / inputs;
  const lengths = Float32Array.from({ length: count }, (_, row) => {
    let squared = 0;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) squared += features[i]! ** 2;
    return Math.sqrt(squared);
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, count);
  return features.map((value, i) => (value * mean) / (lengths[Math.floor(i / inputs)]! || 1));
}
