import { createRandom, draw } from '../random.ts';
import type { Stranger } from './strangers.ts';

export interface PkOptions {
  /** People of a batch. */
  people: number;
  /** Faces of each; of somebody with fewer, some come twice. */
  faces: number;
  /** Strangers of a batch, who are negatives only. */
  strangers: number;
  seed: number;
}

/**
 * Draws batches of P people with K faces each (Hermans et al., 2017), and strangers beside them. A batch depends on the seed and
 * its number alone, so that a training can go on from any step.
 *
 * @param rowsByPerson the rows of each person
 * @param strangers of which a batch takes those who are surely none of its people
 * @returns rows, with the person of each, -1 for strangers
 */
export function createPkSampler(
  rowsByPerson: ReadonlyMap<number, readonly number[]>,
  strangers: readonly Stranger[],
  options: PkOptions,
): (batch: number) => { rows: Int32Array; labels: Int32Array } {
  return (batch) => {
    const random = createRandom(options.seed * 7_919 + batch);
    const rows: number[] = [];
    const labels: number[] = [];
    for (const person of draw([...rowsByPerson.keys()], options.people, random)) {
      const own = rowsByPerson.get(person)!;
      const chosen = draw(own, options.faces, random);
      while (chosen.length < options.faces) chosen.push(own[Math.floor(random() * own.length)]!);
      for (const row of chosen) {
        rows.push(row);
        labels.push(person);
      }
    }
    const inBatch = new Set(labels);
    const safe = strangers.filter(({ mayBe }) => !mayBe.some((person) => inBatch.has(person)));
    for (const { row } of draw(safe, options.strangers, random)) {
      rows.push(row);
      labels.push(-1);
    }
    return { rows: Int32Array.from(rows), labels: Int32Array.from(labels) };
  };
}
