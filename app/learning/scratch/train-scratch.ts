import { smallNetworkSide } from '../../faces/networks/small-network.ts';
import type { Weight } from '../../faces/networks/weights.ts';
import { mirror, squareToTarget, warp } from '../../faces/warp.ts';
import type { RgbImage } from '../../library/image.ts';
import { augment, usualAugmentation } from '../augmentation/augment.ts';
import { mineSemiHard } from '../mining/semi-hard.ts';
import { normalise } from '../prototypes.ts';
import { createRandom } from '../random.ts';
import { createPkSampler } from '../sampling/pk-sampler.ts';
import { train, type TrainingControl } from '../training/trainer.ts';
import { createTrainableNetwork, type TrainableNetwork } from './trainable-network.ts';
import { chooseUnseen, scoreUnseen, type UnseenScores } from './unseen-people.ts';

/** Faces of people who are told apart by the folder that they lie in. */
export interface IdentityFaces {
  /** Squares of {@link scratchChipSide}. */
  chips: readonly RgbImage[];
  /** Person of each, from 0. */
  people: Int32Array;
}

/** How a network is trained from nothing. */
export interface ScratchRecipe {
  steps: number;
  rate: number;
  margin: number;
  /** P and K of a batch. */
  people: number;
  faces: number;
  seed: number;
}

export const scratchRecipe: ScratchRecipe = { steps: 1200, rate: 1e-3, margin: 0.2, people: 25, faces: 4, seed: 1 };

/** Side of the chips to train on: more than the network takes, so that something is left when they are turned and shifted. */
export const scratchChipSide = 72;

export interface ScratchResult {
  weights: Map<string, Weight>;
  people: number;
  faces: number;
  /** On people who were held out whole: with random weights, and with trained ones. */
  unseen: { people: number; faces: number; before: UnseenScores; after: UnseenScores };
}

/** People by whose faces the random weights are scaled. */
const scaledBy = 256;
const fewestPeople = 2;

/**
 * Trains the small network from random weights by the triplet loss, on batches of P people with K faces each and semi-hard
 * negatives, every face changed a little otherwise each time; and measures it on people whom it has not seen.
 *
 * @param control what `from` it goes on with must be of the same faces and recipe
 * @throws RangeError where there are too few people; CollapseError; the reason of the signal
 */
export async function trainScratch(
  { chips, people }: IdentityFaces,
  recipe: ScratchRecipe,
  control?: TrainingControl,
): Promise<ScratchResult> {
  const unseen = chooseUnseen(people);
  const rows = Map.groupBy(people.keys(), (row) => people[row]!);
  const trained = new Map([...rows].filter(([person, own]) => !unseen.has(person) && own.length > 1));
  if (trained.size < fewestPeople || unseen.size < 2 * fewestPeople) {
    throw new RangeError('There are too few people: sixteen with four photos each are the least.');
  }
  const held = [...people.keys()].filter((row) => unseen.has(people[row]!));
  const firsts = [...trained.values()].slice(0, scaledBy).map(([row]) => whole(chips[row!]!));
  const network = createTrainableNetwork(firsts, recipe.seed);
  const measure = async (): Promise<UnseenScores> =>
    scoreUnseen(
      await embedBothWays(
        network,
        held.map((row) => chips[row]!),
      ),
      Int32Array.from(held, (row) => people[row]!),
      recipe.seed,
    );
  const sample = createPkSampler(trained, [], { ...recipe, strangers: 0 });
  try {
    const before = await measure();
    await train(
      network,
      async (step) => {
        const batch = sample(step);
        const random = createRandom(recipe.seed * 104_729 + step);
        const changed = Array.from(batch.rows, (row) =>
          augment(chips[row]!, smallNetworkSide, usualAugmentation, random),
        );
        const input = await Promise.all(changed);
        return { input, labels: batch.labels };
      },
      { ...recipe, miner: mineSemiHard, pull: 0 },
      control,
    );
    return {
      weights: await network.weights(),
      people: trained.size,
      faces: [...trained.values()].reduce((sum, { length }) => sum + length, 0),
      unseen: { people: unseen.size, faces: held.length, before, after: await measure() },
    };
  } finally {
    network.dispose();
  }
}

/** Unit rows: the mean of a face and its mirror image. */
async function embedBothWays(network: TrainableNetwork, chips: readonly RgbImage[]): Promise<Float32Array> {
  const images = chips.map(whole);
  const plain = await network.embedChips(images);
  const mirrored = await network.embedChips(images.map(mirror));
  const dimension = plain.length / chips.length;
  for (let start = 0; start < plain.length; start += dimension) {
    const row = plain.subarray(start, start + dimension);
    for (let i = 0; i < dimension; i++) row[i]! += mirrored[start + i]!;
    normalise(row);
  }
  return plain;
}

function whole(chip: RgbImage): RgbImage {
  return warp(chip, squareToTarget(0, 0, chip.width, smallNetworkSide), smallNetworkSide);
}
