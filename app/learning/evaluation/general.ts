import { bootstrapIntervals, type Interval } from './bootstrap.ts';
import { pairsOfFaces } from './face-pairs.ts';
import { thresholdAtFar } from './verification.ts';

/** Faces of people whom a model was not told about. */
export interface UnseenFaces {
  /** Unit rows. */
  unseen: Float32Array;
  /** Person of each; nobody is in two sets. */
  unseenTruth: Int32Array;
}

const far = 1e-3;
const resamples = 300;

/**
 * VAL@FAR=1e-3 of people whom a model does not know: the share of the pairs of one person under the threshold that one pair of
 * different people in a thousand passes. Pairs are made within each set.
 *
 * @returns with its interval, for which the people are drawn anew
 */
export function generalScore(sets: readonly UnseenFaces[]): { value: number; interval: Interval | null } {
  const all = sets.map(({ unseen, unseenTruth }) => ({ pairs: pairsOfFaces(unseen, unseenTruth), unseenTruth }));
  const count = all.reduce((sum, { pairs }) => sum + pairs.distances.length, 0);
  const distances = new Float64Array(count);
  const same = new Uint8Array(count);
  const people = [new Int32Array(count), new Int32Array(count)] as const;
  let at = 0;
  for (const { pairs, unseenTruth } of all) {
    for (let pair = 0; pair < pairs.distances.length; pair++, at++) {
      distances[at] = pairs.distances[pair]!;
      same[at] = pairs.same[pair]!;
      people[0][at] = unseenTruth[pairs.first[pair]!]!;
      people[1][at] = unseenTruth[pairs.second[pair]!]!;
    }
  }
  const order = Int32Array.from(distances.keys()).sort((a, b) => distances[a]! - distances[b]!);
  const sorted = {
    distances: Float64Array.from(order, (i) => distances[i]!),
    same: Uint8Array.from(order, (i) => same[i]!),
  };
  const [first, second] = people.map((list) => Int32Array.from(order, (i) => list[i]!)) as [Int32Array, Int32Array];
  const weights = new Uint32Array(count);
  const value = (draws: ArrayLike<number>): number => {
    // A person who is drawn twice has their pairs twice, and twice as many pairs with each other one.
    for (let i = 0; i < count; i++) {
      weights[i] = sorted.same[i] === 1 ? draws[first[i]!]! : draws[first[i]!]! * draws[second[i]!]!;
    }
    const threshold = thresholdAtFar(sorted, weights, far);
    let [accepted, total] = [0, 0];
    for (let i = 0; i < count; i++) {
      if (sorted.same[i] === 0) continue;
      total += weights[i]!;
      if (sorted.distances[i]! < threshold) accepted += weights[i]!;
    }
    return accepted / total;
  };
  const persons = [...new Set(sets.flatMap(({ unseenTruth }) => [...unseenTruth]))];
  const once = new Uint32Array(1 + Math.max(0, ...persons)).fill(1);
  const { interval } = bootstrapIntervals([persons], (draws) => ({ interval: value(draws) }), { resamples });
  return { value: value(once), interval };
}
