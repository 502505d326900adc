import { readFile } from 'node:fs/promises';
import type { ScanStatus } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import type { Interval } from '../../learning/evaluation/bootstrap.ts';
import type { PrecisionRecallIntervals } from '../../learning/evaluation/clustering-detail.ts';
import type { PrecisionRecall } from '../../learning/evaluation/clustering.ts';
import type { DetectionShares } from '../../learning/evaluation/detection.ts';
import type { QualityBand } from '../../learning/evaluation/quality-bands.ts';
import type { MeanAveragePrecision } from '../../learning/evaluation/retrieval.ts';
import { defaultThresholdOf, type Care, type ModelChoice } from '../../faces/models/choice.ts';
import { measureDetection, readMarkedPhotos, scoreDetection } from '../../service/evaluate-detection.ts';
import { groupAndScore, measureFaces, readPairs, retrieve, verify } from '../../service/evaluate.ts';
import { choiceOf, choiceWithVersion, findVersionFile, type MeasureOptions } from '../../service/evaluation-library.ts';
import { interruptible } from './interrupt.ts';
import { createProgressWriter } from './progress.ts';

/** What the commands have in common. */
export interface EvaluateOptions {
  images: string;
  /** Paths of model packs. */
  pack?: readonly string[];
  care?: Care;
  /** A trained version: its file, or its id or number in the library. */
  model?: string;
  library?: string;
  cache?: string;
  json?: true;
}

/** `kindred evaluate verification`. */
export async function runEvaluateVerification(options: EvaluateOptions & { pairs: string }): Promise<void> {
  const text = await readFile(options.pairs, 'utf8').catch(() => {
    throw new KindredError('not-found', `The pairs file ${options.pairs} cannot be read.`);
  });
  const pairs = readPairs(text);
  const scores = verify(await withProgress(options, (measuring) => measureFaces(options.images, measuring)), pairs);
  if (options.json) return printJson(scores);
  const { intervals } = scores;
  print(
    `accuracy         ${percent(scores.accuracy)} ± ${percent(scores.standardError)}  ${between(intervals.accuracy, percent)}`,
    `VAL@FAR=1e-3     ${scores.valAtFar1e3.toFixed(4)}  ${between(intervals.valAtFar1e3)}`,
    `AUC              ${scores.auc.toFixed(5)}  ${between(intervals.auc, (value) => value.toFixed(5))}`,
    `threshold        ${scores.threshold.toFixed(4)}  ${between(intervals.threshold)}`,
    `faces not found  ${scores.notFound}`,
    '',
    'by the quality of the poorer face, at the thresholds of the folds:',
    ...scores.byQuality.flatMap((band) => [
      `  ${bandText(band)}  ${band.same} same and ${band.different} different pairs`,
      `    accuracy       ${share(band.accuracy)}  ${between(band.intervals.accuracy, percent)}`,
      `    VAL            ${share(band.val)}  ${between(band.intervals.val, percent)}`,
      `    FAR            ${share(band.far)}  ${between(band.intervals.far, percent)}`,
      `    VAL@FAR=1e-3   ${share(band.valAtFar1e3)}  ${between(band.intervals.valAtFar1e3, percent)}`,
    ]),
    '',
    'In brackets 95 % intervals, from drawing the pairs of each fold anew.',
  );
}

/** `kindred evaluate clustering`. */
export async function runEvaluateClustering(options: EvaluateOptions & { threshold?: number }): Promise<void> {
  let standard = 0;
  const faces = await withProgress(options, (measuring) => {
    standard = defaultThresholdOf(measuring.models);
    return measureFaces(options.images, measuring);
  });
  const scores = groupAndScore(faces, options.threshold ?? standard);
  if (options.json) return printJson(scores);
  const row = ({ precision, recall, f }: PrecisionRecall, intervals: PrecisionRecallIntervals): string =>
    `F ${f.toFixed(4)} ${between(intervals.f)}  precision ${precision.toFixed(4)} ${between(intervals.precision)}` +
    `  recall ${recall.toFixed(4)} ${between(intervals.recall)}`;
  print(
    `BCubed           ${row(scores.bcubed, scores.intervals.bcubed)}`,
    `pairwise         ${row(scores.pairwise, scores.intervals.pairwise)}`,
    `NMI              ${scores.nmi.toFixed(4)}`,
    `clusters         ${scores.clusters} for ${scores.identities} identities`,
    `threshold        ${scores.threshold}`,
    `faces not found  ${scores.notFound}`,
    '',
    'BCubed by the quality of the face:',
    ...scores.byQuality.flatMap((band) => [
      `  ${bandText(band)}  ${band.faces} faces`,
      `    ${row(band.bcubed, band.intervals.bcubed)}`,
    ]),
    '',
    'In brackets 95 % intervals, from drawing the identities anew.',
  );
}

/** `kindred evaluate retrieval`. */
export async function runEvaluateRetrieval(
  options: EvaluateOptions & { confirmed: readonly number[]; seed: number },
): Promise<void> {
  const faces = await withProgress(options, (measuring) => measureFaces(options.images, measuring));
  const scores = retrieve(faces, options);
  if (options.json) return printJson(scores);
  const row = (name: string, { byFace, byPerson, intervals }: MeanAveragePrecision): string =>
    `${name.padEnd(27)} mAP ${byFace.toFixed(4)} ${between(intervals.byFace)}` +
    `  by person ${byPerson.toFixed(4)} ${between(intervals.byPerson)}`;
  print(
    row('by distance alone', scores.raw),
    ...scores.withConfirmed.flatMap(({ confirmed, queries, people, raw, known }) => [
      `with ${confirmed} confirmed ${confirmed === 1 ? 'face' : 'faces'} of each person, ${queries} searches, ${people} people with three photos or more:`,
      row('  by distance alone', raw),
      row('  with who is confirmed', known),
    ]),
    `searches                    ${scores.queries}, each face of ${scores.people} people with two photos or more`,
    `faces that are ranked       ${scores.faces}`,
    `faces not found             ${scores.notFound}`,
    '',
    'mAP is the mean over all searches; by person, the mean over people of the mean over their faces.',
    'In brackets 95 % intervals, from drawing the people anew.',
  );
}

/** `kindred evaluate detection`. */
export async function runEvaluateDetection(
  options: EvaluateOptions & { boxes: readonly string[]; iou?: number },
): Promise<void> {
  const marked = await readMarkedPhotos(options.images, options.boxes);
  const measured = await withProgress(options, (measuring) => measureDetection(options.images, marked, measuring));
  const scores = scoreDetection(measured, options.iou);
  if (options.json) return printJson(scores);
  const row = (name: string, shares: DetectionShares): string[] => [
    `${name.padEnd(16)} recall     ${share(shares.recall)}  ${shares.found} of ${shares.boxes}  ${between(shares.intervals.recall, percent)}`,
    `${' '.repeat(16)} precision  ${share(shares.precision)}  ${shares.right} of ${shares.detections}  ${between(shares.intervals.precision, percent)}`,
  ];
  print(
    ...row('all faces', scores),
    ...scores.bySize
      .filter(({ boxes, detections }) => boxes + detections > 0)
      .flatMap((shares) => row(sizeText(shares), shares)),
    `photos           ${scores.photos}`,
    `overlap (IoU)    ${scores.iou} or more`,
    `ignored          ${scores.ignored.boxes} boxes, and ${scores.ignored.detections} of those found`,
    ...(scores.failed.length > 0 ? [`not readable     ${scores.failed.length}, left out:`] : []),
    // A file name may hold line breaks or control characters, which must not reach a terminal.
    ...scores.failed.map(({ path, message }) => `  ${JSON.stringify(path)}: ${message}`),
    '',
    'Sizes are the longer side in pixels: of the true box for recall, of the found one for precision.',
    'In brackets 95 % intervals, from drawing the photos anew.',
  );
}

/** Ctrl-C rejects with an `AbortError` once what was measured so far is cleared away, or kept in the cache. */
async function withProgress<Result>(
  { cache, pack = [], care, model, library = '' }: EvaluateOptions,
  measure: (options: MeasureOptions & { models: ModelChoice }) => Promise<Result>,
): Promise<Result> {
  const models =
    model === undefined
      ? await choiceOf(pack, care)
      : await choiceWithVersion(pack, care, findVersionFile(library, model));
  const progress = createProgressWriter();
  const onProgress = (status: ScanStatus): void => progress.write(status);
  return interruptible((signal) => measure({ models, cachePath: cache, onProgress, signal })).finally(() =>
    progress.end(),
  );
}

function printJson(scores: object): void {
  process.stdout.write(`${JSON.stringify(scores)}\n`);
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** A share of nothing is none. */
function share(value: number | null): string {
  return value === null ? '–' : percent(value);
}

function between(interval: Interval | null, text = (value: number): string => value.toFixed(4)): string {
  return interval === null ? '' : `[${text(interval.low)} to ${text(interval.high)}]`;
}

function bandText({ from, to }: QualityBand): string {
  return `${from.toFixed(3)} to ${to.toFixed(3)}`;
}

function sizeText({ from, to }: { from: number; to: number | null }): string {
  if (to === null) return `from ${from} px`;
  return from === 0 ? `under ${to} px` : `${from} to ${to} px`;
}
