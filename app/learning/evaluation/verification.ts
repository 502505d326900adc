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
  if (folds.length < 2) throw new RangeError('verification needs two folds or more');
  const results = folds.map((fold, i) => {
    const others = folds.filter((_, j) => j !== i).flat();
    const threshold = bestThreshold(others);
    const strict = thresholdAtFar(others, 1e-3);
    const right = fold.filter(({ distance, same }) => distance < threshold === same);
    const same = fold.filter((pair) => pair.same);
    return {
      threshold,
      accuracy: right.length / fold.length,
      val: same.filter(({ distance }) => distance < strict).length / same.length,
    };
  });
  const accuracies = results.map(({ accuracy }) => accuracy);
  return {
    accuracy: mean(accuracies),
    standardError: standardDeviation(accuracies) / Math.sqrt(folds.length),
    valAtFar1e3: mean(results.map(({ val }) => val)),
    auc: areaUnderRoc(folds.flat()),
    threshold: mean(results.map(({ threshold }) => threshold)),
  };
}

/**
 * The threshold that judges most pairs right. Any value between two neighbouring distances judges alike: of the best such
 * gaps the widest is taken (of equals, the lowest), and its middle returned.
 */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.distance - b.distance);
  let right = sorted.filter(({ same }) => !same).length;
  let best = { right: -1, width: 0, middle: 0 };
  for (let i = 0; i <= sorted.length; i++) {
    // Here `right` counts what a threshold between the pairs i - 1 and i judges right.
    const below = sorted[i - 1]?.distance ?? 0;
    const above = sorted[i]?.distance ?? 4;
    const width = above - below;
    if (width > 0 && (right > best.right || (right === best.right && width > best.width))) {
      best = { right, width, middle: (below + above) / 2 };
    }
    right += sorted[i]?.same ? 1 : -1;
  }
  return best.middle;
}

/** The largest threshold under which lies at most the share `far` (0..1) of the different pairs. */
export function thresholdAtFar(pairs: readonly ScoredPair[], far: number): number {
  const different = pairs
    .filter(({ same }) => !same)
    .map(({ distance }) => distance)
    .sort((a, b) => a - b);
  return different[Math.floor(far * different.length)] ?? Infinity;
}

/** Chance that a same pair is nearer than a different one, ties counting half: exact, from the sum of ranks (Mann-Whitney). */
export function areaUnderRoc(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.distance - b.distance);
  const sameCount = sorted.filter(({ same }) => same).length;
  let rankSum = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to]!.distance === sorted[from]!.distance) to += 1;
    // Tied pairs share the mean of their ranks, which count from 1.
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (sorted[i]!.same) rankSum += rank;
  }
  const farther = rankSum - (sameCount * (sameCount + 1)) / 2;
  return 1 - farther / (sameCount * (sorted.length - sameCount));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
