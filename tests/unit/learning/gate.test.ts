import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/engine/backend.ts';
import { identificationScores, nearestPeople } from '../../../app/learning/evaluation/identification.ts';
import { judge, whatIsMissing } from '../../../app/learning/gate.ts';
import type { Embedding } from '../../../app/learning/training/batches.ts';
import type { LearningData } from '../../../app/learning/training/learning-data.ts';
import { headDimension, prepareHead, type HeadPart } from '../../../app/faces/models/head.ts';
import { headRecipe, trainHead, type HeadRecipe } from '../../../app/learning/training/train-head.ts';
import { featureWorld } from '../../support/learning.ts';
import { createRandom, gaussian } from '../../support/random.ts';

const inputs = 64;
const hard = featureWorld({ inputs, people: 12, facesEach: 8, strangers: 300, useful: 0.5, useless: 1.6, seed: 21 });
const easy = featureWorld({ inputs, people: 12, facesEach: 8, strangers: 300, useful: 0.2, useless: 0, seed: 22 });
const recipe: HeadRecipe = { ...headRecipe, steps: 80, rate: 0.01, people: 8, faces: 5, strangers: 40 };

function embedding(parts: readonly HeadPart[]): Embedding {
  const head = { inputs, parts };
  return { dimension: headDimension(head), embed: prepareHead(head) };
}

function current({ lastLayer }: LearningData): Embedding {
  return embedding([{ weight: 1, matrix: lastLayer, columns: lastLayer.length / inputs }]);
}

const learn = async (part: LearningData): Promise<Embedding> => embedding(await trainHead(part, recipe));

/** The same faces, said to be just anybody. */
function shuffled(part: LearningData): LearningData {
  const random = createRandom(5);
  const people = Int32Array.from(part.confirmed.people);
  for (let i = people.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [people[i], people[other]] = [people[other]!, people[i]!];
  }
  return { ...part, confirmed: { ...part.confirmed, people } };
}

/** On faces that neither training nor gate has seen. */
async function trueRate({ data, more }: typeof hard, { dimension, embed }: Embedding): Promise<number> {
  const gallery = { embeddings: await embed(data.confirmed.features), people: data.confirmed.people };
  const probes = nearestPeople(await embed(more.mated), gallery, dimension).map((found, i) => ({
    ...found,
    truth: more.truth[i]!,
  }));
  return identificationScores(probes, nearestPeople(await embed(more.others), gallery, dimension), { resamples: 1 })
    .dir;
}

describe('the gate', () => {
  beforeAll(() => startBackend());

  it('keeps what is truly better', async () => {
    const verdict = await judge(hard.data, () => current(hard.data), learn);
    expect(verdict).toMatchObject({ kept: true });
    expect(verdict.after.dir).toBeGreaterThan(verdict.before.dir + 0.1);
    expect(verdict.intervals.gain.low).toBeGreaterThan(0);
    expect(verdict.reason).toContain('%');
    const gained = (await trueRate(hard, await learn(hard.data))) - (await trueRate(hard, current(hard.data)));
    expect(gained).toBeGreaterThan(0.1);
  });

  it('refuses what brings nothing', async () => {
    const verdict = await judge(easy.data, () => current(easy.data), learn);
    expect(verdict).toMatchObject({ kept: false });
    expect(verdict.before.dir).toBeGreaterThan(0.95);
  });

  it('refuses what was taught wrongly', async () => {
    const verdict = await judge(
      hard.data,
      () => current(hard.data),
      (part) => learn(shuffled(part)),
    );
    expect(verdict).toMatchObject({ kept: false });
  });

  it('refuses noise, and an embedding in which all faces are alike', async () => {
    const random = createRandom(9);
    const columns = 16;
    const noise = Float32Array.from({ length: inputs * columns }, () => gaussian(random));
    const random1 = embedding([{ weight: 1, matrix: noise, columns }]);
    expect(
      await judge(
        easy.data,
        () => current(easy.data),
        () => Promise.resolve(random1),
      ),
    ).toMatchObject({ kept: false });
    const alike: Embedding = {
      dimension: 2,
      embed: (features) =>
        Float32Array.from({ length: (2 * features.length) / inputs }, (_, i) => (i % 2 === 0 ? 1 : 0)),
    };
    const verdict = await judge(
      hard.data,
      () => current(hard.data),
      () => Promise.resolve(alike),
    );
    expect(verdict).toMatchObject({ kept: false });
  });

  it('refuses what knows the confirmed people at the price of all others', async () => {
    // The confirmed people are told apart as they are by the truth itself; everybody else is one person.
    const { confirmed } = hard.data;
    const known = new Map<string, number>();
    for (let face = 0; face < confirmed.people.length; face++) {
      known.set(confirmed.features.subarray(face * inputs, (face + 1) * inputs).join(), confirmed.people[face]!);
    }
    const verdict = await judge(
      hard.data,
      () => current(hard.data),
      (part) => {
        const taught = new Set(part.confirmed.people);
        return Promise.resolve({
          dimension: 13,
          embed(features) {
            const rows = new Float32Array((13 * features.length) / inputs);
            for (let face = 0; face < features.length / inputs; face++) {
              const person = known.get(features.subarray(face * inputs, (face + 1) * inputs).join());
              rows[13 * face + (person !== undefined && taught.has(person) ? person : 12)] = 1;
            }
            return rows;
          },
        });
      },
    );
    expect(verdict.after.dir).toBe(1);
    expect(verdict).toMatchObject({ kept: false });
  });

  it('says what is missing before there is enough', () => {
    expect(whatIsMissing([], [])).toContain('none');
    expect(whatIsMissing([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6])).toContain('2');
    // Many faces of one photo are one photo.
    const people = Array.from({ length: 20 }, (_, i) => Math.floor(i / 4));
    expect(whatIsMissing(people, people)).toContain('none');
    expect(
      whatIsMissing(
        people,
        people.map((_, i) => i),
      ),
    ).toBeNull();
  });
});
