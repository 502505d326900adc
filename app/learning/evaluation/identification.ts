import { normalise, sumsByPerson, type LabelledEmbeddings } from '../prototypes.ts';
import { bootstrapIntervals, type BootstrapOptions, type Interval } from './bootstrap.ts';

/** Whom a face is nearest to. */
export interface NearestPerson {
  person: number;
  /** Squared L2 (0..4) to the person's prototype. */
  distance: number;
}

/**
 * The person whom each probe is nearest to, by the prototype of each: the normalised mean of their confirmed embeddings. On poor
 * photos it tells people apart better than their nearest faces, or the mean distance to all, do.
 *
 * @param probes unit rows
 * @param gallery faces that somebody has confirmed
 */
export function nearestPeople(probes: Float32Array, gallery: LabelledEmbeddings, dimension: number): NearestPerson[] {
  const prototypes = [...sumsByPerson(gallery, dimension)].map(([person, sum]) => [person, normalise(sum)] as const);
  const found: NearestPerson[] = [];
  for (let start = 0; start < probes.length; start += dimension) {
    let best: NearestPerson = { person: -1, distance: Infinity };
    for (const [person, prototype] of prototypes) {
      let dot = 0;
      for (let i = 0; i < dimension; i++) dot += probes[start + i]! * prototype[i]!;
      if (2 - 2 * dot < best.distance) best = { person, distance: 2 - 2 * dot };
    }
    found.push(best);
  }
  return found;
}

/** A face whose person is in the gallery, and whom it was nearest to. */
export interface MatedProbe extends NearestPerson {
  truth: number;
}

export interface IdentificationScores {
  /** Detection and identification rate at 1 % false positives. */
  dir: number;
  /** Squared L2 (0..4) under which at most one stranger in a hundred is taken for somebody. */
  threshold: number;
  interval: Interval | null;
}

const falsePositives = 0.01;

/**
 * Open-set identification (Phillips, Grother and Micheals, 2011): the share of the probes that are nearest to the right person
 * and nearer than a threshold that at most one in a hundred strangers passes. With fewer than a hundred strangers none may pass.
 *
 * @param strangers faces of people who are not in the gallery
 */
export function identificationScores(
  probes: readonly MatedProbe[],
  strangers: readonly NearestPerson[],
  options?: BootstrapOptions,
): IdentificationScores {
  const units = [probes.map((_, i) => i), strangers.map((_, i) => probes.length + i)];
  const rateOf = identificationRate(probes, strangers);
  const { interval } = bootstrapIntervals(units, (draws) => ({ interval: rateOf(draws).dir }), options);
  return { ...rateOf(new Uint32Array(probes.length + strangers.length).fill(1)), interval };
}

/** The rate and its threshold where each probe, and after them each stranger, occurs so many times. */
export function identificationRate(
  probes: readonly MatedProbe[],
  strangers: readonly NearestPerson[],
): (draws: ArrayLike<number>) => { dir: number; threshold: number } {
  const nearestFirst = strangers.map((_, i) => i).sort((a, b) => strangers[a]!.distance - strangers[b]!.distance);
  return (draws) => {
    let total = 0;
    for (let i = 0; i < strangers.length; i++) total += draws[probes.length + i]!;
    let passing = 0;
    let threshold = Infinity;
    for (const i of nearestFirst) {
      passing += draws[probes.length + i]!;
      if (passing <= Math.floor(falsePositives * total)) continue;
      threshold = strangers[i]!.distance;
      break;
    }
    let [right, count] = [0, 0];
    for (const [i, { person, truth, distance }] of probes.entries()) {
      count += draws[i]!;
      if (person === truth && distance < threshold) right += draws[i]!;
    }
    return { dir: right / count, threshold };
  };
}
