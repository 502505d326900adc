import { KindredError } from '../../contract/errors.ts';

/** Two photos, by their file names without folder and extension as `name_0001`, and whether they show the same person. */
export interface PhotoPair {
  a: string;
  b: string;
  same: boolean;
}

/**
 * Reads a pairs file in the format of Labeled Faces in the Wild: a header `folds<TAB>n`, then per fold n lines
 * `name<TAB>i<TAB>j` (the same person) and n lines `name<TAB>i<TAB>other<TAB>j` (different people).
 * Spaces do instead of tabs.
 *
 * @returns the pairs of each fold
 * @throws KindredError `invalid-input`, naming the line that is wrong
 */
export function parsePairs(text: string): PhotoPair[][] {
  const [header = '', ...lines] = text.trimEnd().split(/\r?\n/);
  const sizes = header.trim().split(/\s+/);
  const [foldCount, pairCount] = sizes.map(Number);
  if (sizes.length !== 2 || !isCount(foldCount) || !isCount(pairCount)) {
    throw new KindredError(
      'invalid-input',
      'Line 1 of the pairs file must give the number of folds and of pairs, such as "10 300".',
    );
  }
  if (lines.length !== foldCount * pairCount * 2) {
    throw new KindredError(
      'invalid-input',
      `The pairs file should have ${foldCount} × 2 × ${pairCount} pairs as its first line says, but has ${lines.length}.`,
    );
  }
  const pairs = lines.map((line, i) => parsePair(line, i + 2));
  return Array.from({ length: foldCount }, (_, fold) => pairs.slice(fold * pairCount * 2, (fold + 1) * pairCount * 2));
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}

function parsePair(line: string, lineNumber: number): PhotoPair {
  const fields = line.trim().split(line.includes('\t') ? '\t' : /\s+/);
  const same = fields.length === 3;
  const [first = '', i = '', second = '', j = ''] = same ? [fields[0], fields[1], fields[0], fields[2]] : fields;
  if (fields.length < 3 || fields.length > 4 || !isCount(Number(i)) || !isCount(Number(j))) {
    throw new KindredError(
      'invalid-input',
      `Line ${lineNumber} of the pairs file should be like "name 1 2" or "name 1 other 2", but is "${line}".`,
    );
  }
  return { a: photoName(first, i), b: photoName(second, j), same };
}

function photoName(name: string, number: string): string {
  return `${name}_${number.padStart(4, '0')}`;
}

/** Squared L2 distance (0..4) of a pair of faces, and whether they are the same person. */
export interface ScoredPair {
  distance: number;
  same: boolean;
}

export interface VerificationScores {
  /** Mean over the folds: share of pairs judged right. */
  accuracy: number;
  /** Standard error of that mean: the folds' sample standard deviation over the root of their number. */
  standardError: number;
  /** Share of same pairs accepted where one in a thousand different pairs is, mean over the folds. */
  valAtFar1e3: number;
  /** Area under the ROC curve over all pairs. */
  auc: number;
  /** Squared L2, mean over the folds of the threshold chosen on the others. */
  threshold: number;
}

/** Pairs of all folds, nearest first. */
export interface SortedPairs {
  distances: Float64Array;
  /** 1 for the same person. */
  same: Uint8Array;
  /** Fold of each pair, from 0. */
  folds: Int32Array;
  foldCount: number;
}

/** What each fold is judged at, by the distances of the others. */
export interface FoldThresholds {
  /** Judges most pairs right. */
  best: number[];
  /** Accepts one in a thousand different pairs. */
  strict: number[];
}

/**
 * The verification protocol of Labeled Faces in the Wild: each fold is judged at thresholds chosen on all others. A pair is
 * accepted as the same person when its distance is under the threshold.
 *
 * VAL@FAR follows FaceNet (Schroff et al., 2015): for each fold, the largest threshold that accepts at most one in a
 * thousand of the other folds' different pairs, and the share of the fold's same pairs under it. With fewer than a
 * thousand different pairs in the other folds, that is a threshold that accepts none of them.
 *
 * @param folds at least two, each with same and different pairs
 */
export function evaluateVerification(folds: readonly (readonly ScoredPair[])[]): VerificationScores {
  const pairs = sortPairs(folds);
  const once = new Uint32Array(pairs.distances.length).fill(1);
  return scoreFolds(pairs, once, foldThresholds(pairs, once));
}

/** @returns with `order`: per sorted pair, which one of all folds in a row it is */
export function sortPairs(folds: readonly (readonly ScoredPair[])[]): SortedPairs & { order: number[] } {
  const all = folds.flatMap((pairs, fold) => pairs.map((pair) => ({ ...pair, fold })));
  const order = [...all.keys()].sort((a, b) => all[a]!.distance - all[b]!.distance);
  return {
    distances: Float64Array.from(order, (i) => all[i]!.distance),
    same: Uint8Array.from(order, (i) => Number(all[i]!.same)),
    folds: Int32Array.from(order, (i) => all[i]!.fold),
    foldCount: folds.length,
    order,
  };
}

/** The thresholds of each fold, chosen on all others, where pair i occurs `weights[i]` times. */
export function foldThresholds(pairs: SortedPairs, weights: Uint32Array): FoldThresholds {
  if (pairs.foldCount < 2) throw new RangeError('verification needs two folds or more');
  const others = new Uint32Array(weights.length);
  const thresholds: FoldThresholds = { best: [], strict: [] };
  for (let fold = 0; fold < pairs.foldCount; fold++) {
    for (let i = 0; i < others.length; i++) others[i] = pairs.folds[i] === fold ? 0 : weights[i]!;
    thresholds.best.push(bestThreshold(pairs, others));
    thresholds.strict.push(thresholdAtFar(pairs, others, 1e-3));
  }
  return thresholds;
}

/** The scores at given thresholds where pair i occurs `weights[i]` times. */
export function scoreFolds(pairs: SortedPairs, weights: Uint32Array, thresholds: FoldThresholds): VerificationScores {
  const { distances, same, folds, foldCount } = pairs;
  const counts = Array.from({ length: foldCount }, () => ({ pairs: 0, right: 0, same: 0, accepted: 0 }));
  for (let i = 0; i < distances.length; i++) {
    const weight = weights[i]!;
    const distance = distances[i]!;
    const fold = folds[i]!;
    const count = counts[fold]!;
    const isSame = same[i] === 1;
    const accepted = distance < thresholds.best[fold]!;
    count.pairs += weight;
    if (accepted === isSame) count.right += weight;
    if (!isSame) continue;
    count.same += weight;
    if (distance < thresholds.strict[fold]!) count.accepted += weight;
  }
  const accuracies = counts.map(({ pairs, right }) => right / pairs);
  return {
    accuracy: mean(accuracies),
    standardError: standardDeviation(accuracies) / Math.sqrt(foldCount),
    valAtFar1e3: mean(counts.map(({ same, accepted }) => accepted / same)),
    auc: areaUnderRoc(pairs, weights),
    threshold: mean(thresholds.best),
  };
}

/**
 * The threshold that judges most pairs right. Any value between two neighbouring distances judges alike: of the best such
 * gaps the widest is taken (of equals, the lowest), and its middle returned.
 */
export function bestThreshold({ distances, same }: Distances, weights: Uint32Array): number {
  let right = 0;
  for (let i = 0; i < distances.length; i++) if (same[i] === 0) right += weights[i]!;
  let best = { right: -1, width: 0, middle: 0 };
  let below = 0;
  for (let i = 0; i <= distances.length; i++) {
    const weight = i < distances.length ? weights[i]! : 0;
    if (i < distances.length && weight === 0) continue;
    // Here `right` counts what a threshold just under pair i judges right.
    const above = distances[i] ?? 4;
    const width = above - below;
    if (width > 0 && (right > best.right || (right === best.right && width > best.width))) {
      best = { right, width, middle: (below + above) / 2 };
    }
    right += same[i] === 1 ? weight : -weight;
    below = above;
  }
  return best.middle;
}

/** The largest threshold under which lies at most the share `far` (0..1) of the different pairs. */
export function thresholdAtFar({ distances, same }: Distances, weights: Uint32Array, far: number): number {
  let different = 0;
  for (let i = 0; i < distances.length; i++) if (same[i] === 0) different += weights[i]!;
  const allowed = Math.floor(far * different);
  let accepted = 0;
  for (let i = 0; i < distances.length; i++) {
    if (same[i] === 0) accepted += weights[i]!;
    if (accepted > allowed) return distances[i]!;
  }
  return Infinity;
}

/** Chance that a same pair is nearer than a different one, ties counting half: exact, from the sum of ranks (Mann-Whitney). */
export function areaUnderRoc({ distances, same }: Distances, weights: Uint32Array): number {
  let sameCount = 0;
  let count = 0;
  let rankSum = 0;
  for (let from = 0, to = 0; from < distances.length; from = to) {
    let tied = 0;
    let tiedSame = 0;
    for (; to < distances.length && distances[to] === distances[from]; to++) {
      tied += weights[to]!;
      if (same[to] === 1) tiedSame += weights[to]!;
    }
    // Tied pairs share the mean of their ranks, which count from 1.
    rankSum += tiedSame * (count + (tied + 1) / 2);
    sameCount += tiedSame;
    count += tied;
  }
  const farther = rankSum - (sameCount * (sameCount + 1)) / 2;
  return 1 - farther / (sameCount * (count - sameCount));
}

type Distances = Pick<SortedPairs, 'distances' | 'same'>;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
