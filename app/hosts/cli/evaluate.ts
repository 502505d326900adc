import { readFile } from 'node:fs/promises';
import type { ScanStatus } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import { defaultThreshold } from '../../people/threshold.ts';
import { groupAndScore, measureFaces, readPairs, verify, type MeasuredFace } from '../../service/evaluate.ts';
import { createProgressWriter } from './progress.ts';

interface EvaluateOptions {
  images: string;
  cache?: string;
  json?: true;
}

/** `kindred evaluate verification`. */
export async function runEvaluateVerification(options: EvaluateOptions & { pairs: string }): Promise<void> {
  const text = await readFile(options.pairs, 'utf8').catch(() => {
    throw new KindredError('not-found', `The pairs file ${options.pairs} cannot be read.`);
  });
  const pairs = readPairs(text);
  const scores = verify(await measure(options), pairs);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(scores)}\n`);
    return;
  }
  process.stdout.write(
    [
      `accuracy         ${percent(scores.accuracy)} ± ${percent(scores.standardError)}`,
      `VAL@FAR=1e-3     ${scores.valAtFar1e3.toFixed(4)}`,
      `AUC              ${scores.auc.toFixed(5)}`,
      `threshold        ${scores.threshold.toFixed(4)}`,
      `faces not found  ${scores.notFound}`,
      '',
    ].join('\n'),
  );
}

/** `kindred evaluate clustering`. */
export async function runEvaluateClustering(options: EvaluateOptions & { threshold?: number }): Promise<void> {
  const scores = groupAndScore(await measure(options), options.threshold ?? defaultThreshold);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(scores)}\n`);
    return;
  }
  const row = ({ precision, recall, f }: { precision: number; recall: number; f: number }): string =>
    `F ${f.toFixed(4)}  precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}`;
  process.stdout.write(
    [
      `BCubed           ${row(scores.bcubed)}`,
      `pairwise         ${row(scores.pairwise)}`,
      `NMI              ${scores.nmi.toFixed(4)}`,
      `clusters         ${scores.clusters} for ${scores.identities} identities`,
      `threshold        ${scores.threshold}`,
      `faces not found  ${scores.notFound}`,
      '',
    ].join('\n'),
  );
}

/** Ctrl-C rejects with an `AbortError` once the faces measured so far are cleared away, or kept in the cache. */
function measure({ images, cache }: EvaluateOptions): Promise<MeasuredFace[]> {
  const progress = createProgressWriter();
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return measureFaces(images, {
    cachePath: cache,
    onProgress: (status: ScanStatus) => progress.write(status),
    signal: stop.signal,
  }).finally(() => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    progress.end();
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
