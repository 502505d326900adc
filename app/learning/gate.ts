import { bootstrapIntervals, type Interval } from './evaluation/bootstrap.ts';
import { generalScore } from './evaluation/general.ts';
import { calibratedThreshold, differentDistances, groupingScore } from './evaluation/held-out-grouping.ts';
import { identificationRate, nearestPeople, type MatedProbe, type NearestPerson } from './evaluation/identification.ts';
import { createRandom } from './random.ts';
import { whoStrangersMayBe } from './sampling/strangers.ts';
import type { Embedding } from './training/batches.ts';
import { crossFitFolds, fewestPhotos, type Fold } from './training/cross-fit.ts';
import { selectRows } from './training/head.ts';
import { withConfirmed, type LearningData } from './training/learning-data.ts';

/** How a model does on faces that it did not learn from. */
export interface HeldOutMetrics {
  /** Detection and identification rate at 1 % false positives. */
  dir: number;
  /** At the threshold that the other folds give, among other faces of the library. */
  bcubedF: number;
  /** Share of same pairs accepted where one in a thousand different ones is, of people held out whole. */
  general: number;
}

export interface Verdict {
  kept: boolean;
  /** For people. */
  reason: string;
  before: HeldOutMetrics;
  after: HeldOutMetrics;
  intervals: { gain: Interval; general: Interval };
  /** Squared L2 (0..4) under which groups unite by the new model, see `calibratedThreshold`. */
  threshold: number;
  /** What was measured on. */
  measured: { people: number; probes: number; strangers: number };
  /** Fold by fold, for a report. */
  evidence: { folds: Fold[]; before: FoldResult[]; after: FoldResult[] };
}

/** What a model does in one fold. */
export interface FoldResult {
  probes: MatedProbe[];
  strangers: NearestPerson[];
  /** Held-out faces, for grouping them. */
  heldOut: Float32Array;
  truth: Int32Array;
  unseen: Float32Array;
  unseenTruth: Int32Array;
  /** Faces that nobody has confirmed, which the held-out ones must not be grouped with. */
  others: Float32Array;
  /** Per such face, the people that it may show after all. */
  mayBe: readonly (readonly number[])[];
}

export const foldCount = 5;
/** So many people, each in so many photos, are the least that says anything. */
const leastPeople = 5;
/**
 * The gain must be larger than this in 97.5 % of the samples drawn anew. Less may be chance, or too little to be worth what any
 * training costs people who were never confirmed.
 */
const leastGain = 0.02;
const resamples = 1000;

/**
 * What is missing before learning makes sense, as a sentence for people; null where there is enough.
 *
 * @param people person of each confirmed face
 */
export function whatIsMissing(people: ArrayLike<number>, photos: ArrayLike<number>): string | null {
  const photosOf = new Map<number, Set<number>>();
  for (let i = 0; i < people.length; i++) {
    photosOf.set(people[i]!, (photosOf.get(people[i]!) ?? new Set()).add(photos[i]!));
  }
  const enough = [...photosOf.values()].filter(({ size }) => size >= fewestPhotos).length;
  if (enough >= leastPeople) return null;
  return (
    `Learning takes at least ${leastPeople} people with confirmed faces in ${fewestPhotos} photos or more each; ` +
    `so far there ${enough === 1 ? 'is' : 'are'} ${enough === 0 ? 'none' : enough}.`
  );
}

/**
 * Whether what is learned from these confirmed faces should be kept. By cross-fitting: in each fold the model is learned from
 * some of the faces and measured on the others, beside the model of now. It is kept if it identifies held-out faces better at
 * 1 % false positives (by two points, and not by chance) and groups them better (BCubed F), and is no worse on people held out whole (VAL@FAR
 * =1e-3 not under the interval of the model of now).
 *
 * @param current the model of now; for one that was itself learned from these faces, what it would be without those that are
 *   held out
 * @param learn trains on that part of the data
 * @param onFold called before each fold, and once at the end
 */
export async function judge(
  data: LearningData,
  current: (part: LearningData, fold: Fold) => Embedding | Promise<Embedding>,
  learn: (part: LearningData, fold: Fold) => Promise<Embedding>,
  { seed = 1, onFold }: { seed?: number; onFold?: (done: number) => void } = {},
): Promise<Verdict> {
  const { people, photos } = data.confirmed;
  const folds = crossFitFolds(people, photos, foldCount, seed);
  const before: FoldResult[] = [];
  const after: FoldResult[] = [];
  for (const [i, fold] of folds.entries()) {
    onFold?.(i);
    const part = withConfirmed(data, fold.training);
    const now = await current(part, fold);
    const others = await chooseOthers(data, now, seed);
    before.push(await measureFold(data, fold, now, others));
    after.push(await measureFold(data, fold, await learn(part, fold), others));
  }
  onFold?.(folds.length);
  return { ...compare(before, after, new Set(people).size, data.threshold), evidence: { folds, before, after } };
}

/** As many faces of the rest of the library as grouping is measured among. */
const othersCount = 1000;

/** Faces of the rest of the library, and whom they may show by the model of now. */
async function chooseOthers(
  { inputs, confirmed, unconfirmed, threshold }: LearningData,
  { dimension, embed }: Embedding,
  seed: number,
): Promise<{ features: Float32Array; mayBe: number[][] }> {
  const random = createRandom(seed);
  const share = othersCount / unconfirmed.photos.length;
  const rows = [...unconfirmed.photos.keys()].filter(() => random() < share);
  const features = selectRows(unconfirmed.features, inputs, rows);
  const strangers = whoStrangersMayBe(
    { ...confirmed, embeddings: await embed(confirmed.features) },
    { embeddings: await embed(features), photos: Int32Array.from(rows, (row) => unconfirmed.photos[row]!) },
    dimension,
    threshold,
  );
  return { features, mayBe: strangers.map(({ mayBe }) => mayBe) };
}

async function measureFold(
  { inputs, confirmed }: LearningData,
  fold: Fold,
  { dimension, embed }: Embedding,
  others: { features: Float32Array; mayBe: number[][] },
): Promise<FoldResult> {
  const embedRows = async (rows: readonly number[]): Promise<Float32Array> =>
    embed(selectRows(confirmed.features, inputs, rows));
  const personOf = (rows: readonly number[]): Int32Array => Int32Array.from(rows, (row) => confirmed.people[row]!);
  const gallery = { embeddings: await embedRows(fold.training), people: personOf(fold.training) };
  const [probes, unseen] = [await embedRows(fold.probes), await embedRows(fold.unseen)];
  const heldOut = new Float32Array(probes.length + unseen.length);
  heldOut.set(probes);
  heldOut.set(unseen, probes.length);
  return {
    probes: nearestPeople(probes, gallery, dimension).map((found, i) => ({
      ...found,
      truth: confirmed.people[fold.probes[i]!]!,
    })),
    strangers: nearestPeople(unseen, gallery, dimension),
    heldOut,
    truth: personOf([...fold.probes, ...fold.unseen]),
    unseen,
    unseenTruth: personOf(fold.unseen),
    others: await embed(others.features),
    mayBe: others.mayBe,
  };
}

function compare(
  before: readonly FoldResult[],
  after: readonly FoldResult[],
  people: number,
  threshold: number,
): Omit<Verdict, 'evidence'> {
  const rates = [before, after].map((results) =>
    identificationRate(
      results.flatMap(({ probes }) => probes),
      results.flatMap(({ strangers }) => strangers),
    ),
  );
  const probes = before.reduce((sum, result) => sum + result.probes.length, 0);
  const strangers = before.reduce((sum, result) => sum + result.strangers.length, 0);
  const once = new Uint32Array(probes + strangers).fill(1);
  // Faces are drawn anew, strangers stay: where 1 % of them are two or three, drawing them would be all that is seen.
  const drawn = Uint32Array.from(once);
  const { gain } = bootstrapIntervals(
    [Array.from({ length: probes }, (_, i) => i)],
    (draws) => {
      drawn.set(draws);
      return { gain: rates[1]!(drawn).dir - rates[0]!(drawn).dir };
    },
    { resamples },
  );
  const grouped = groupBoth(before, after, threshold);
  const [generalBefore, generalAfter] = [generalScore(before), generalScore(after)];
  const metrics = (rate: number, bcubedF: number, general: { value: number }): HeldOutMetrics => ({
    dir: rate,
    bcubedF,
    general: general.value,
  });
  const verdict = {
    before: metrics(rates[0]!(once).dir, grouped.before, generalBefore),
    after: metrics(rates[1]!(once).dir, grouped.after, generalAfter),
    intervals: { gain: gain ?? nowhere, general: generalBefore.interval ?? nowhere },
    threshold: grouped.threshold,
    measured: { people, probes, strangers },
  };
  return { ...verdict, ...decide(verdict) };
}

const nowhere: Interval = { low: 0, high: 0 };

function decide({
  before,
  after,
  intervals,
}: Omit<Verdict, 'kept' | 'reason' | 'evidence'>): Pick<Verdict, 'kept' | 'reason'> {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const change = `from ${percent(before.dir)} to ${percent(after.dir)}`;
  if (after.dir <= before.dir) {
    return { kept: false, reason: `It recognises held-out faces no better: the share found right went ${change}.` };
  }
  if (intervals.gain.low <= leastGain) {
    return {
      kept: false,
      reason: `The share of held-out faces found right went ${change}, which may be chance, or too little to matter.`,
    };
  }
  if (after.bcubedF <= before.bcubedF) {
    const grouping = `${before.bcubedF.toFixed(3)} to ${after.bcubedF.toFixed(3)}`;
    return { kept: false, reason: `It would group faces no better: BCubed F went from ${grouping}.` };
  }
  if (after.general < intervals.general.low) {
    const general = `${percent(before.general)} to ${percent(after.general)}`;
    return {
      kept: false,
      reason: `It would tell people apart worse whom you have not confirmed: from ${general} of their pairs of faces.`,
    };
  }
  return { kept: true, reason: `The share of held-out faces found right went ${change}.` };
}

/**
 * BCubed F of the held-out faces by both models, each fold grouped at the threshold that the other folds give.
 *
 * @returns with the threshold that all folds give for the new one
 */
function groupBoth(
  before: readonly FoldResult[],
  after: readonly FoldResult[],
  current: number,
): { before: number; after: number; threshold: number } {
  const [distancesBefore, distancesAfter] = [before.map(differentDistances), after.map(differentDistances)];
  const without = (lists: readonly number[][], fold: number): number[] => lists.filter((_, i) => i !== fold).flat();
  const thresholds = (fold: number): { before: number; after: number } => {
    const old = { different: without(distancesBefore, fold), threshold: current };
    return {
      before: calibratedThreshold(old.different, old),
      after: calibratedThreshold(without(distancesAfter, fold), old),
    };
  };
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    before: mean(before.map((fold, i) => groupingScore(fold, thresholds(i).before))),
    after: mean(after.map((fold, i) => groupingScore(fold, thresholds(i).after))),
    threshold: thresholds(-1).after,
  };
}
