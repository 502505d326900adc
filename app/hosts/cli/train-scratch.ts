import { trainFromScratch, type ScratchReport } from '../../service/learning/train-scratch.ts';
import { interruptible } from './interrupt.ts';
import { createProgressWriter } from './progress.ts';

export interface TrainScratchOptions {
  out: string;
  seed?: number;
  steps?: number;
  resume?: true;
  json?: true;
}

/** `kindred train scratch`: it needs no library; Ctrl-C leaves the rest for later. */
export async function runTrainScratch(images: string, options: TrainScratchOptions): Promise<void> {
  const { out, seed, steps, resume = false } = options;
  const progress = createProgressWriter();
  const report = await interruptible((signal) =>
    trainFromScratch({
      images,
      out,
      resume,
      ...(seed !== undefined && { seed }),
      ...(steps !== undefined && { steps }),
      signal,
      onRead: (done, total) => progress.writeLine(`Looking for faces: ${done} of ${total} photos`, true),
      onProgress: ({ step, steps: total, loss, activeFraction }, { name }) =>
        progress.writeLine(
          `Training on ${name}: step ${step} of ${total}, loss ${loss.toFixed(4)}, ${Math.round(100 * activeFraction)} % of triplets active`,
          true,
        ),
    }).catch((error: unknown) => {
      progress.end();
      if (signal.aborted) process.stderr.write('Stopped. Go on with the same command and --resume.\n');
      throw error;
    }),
  ).finally(() => progress.end());
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
}

function reportText({ version, file, people, faces, unseen, backend }: ScratchReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const row = (name: string, key: 'accuracy' | 'general' | 'identification' | 'grouping'): string =>
    `${name.padEnd(34)} ${percent(unseen.before[key]).padStart(8)} ${percent(unseen.after[key]).padStart(8)}\n`;
  return [
    `Trained on ${faces} faces of ${people} people (${backend.name}); measured on ${unseen.faces} faces of ${unseen.people} others.\n`,
    `${''.padEnd(34)} ${'before'.padStart(8)} ${'after'.padStart(8)}\n`,
    row('pairs judged right', 'accuracy'),
    row('same pairs at 1 in 1,000 false', 'general'),
    row('identification at 1 % false', 'identification'),
    row('grouping, BCubed F', 'grouping'),
    `${version.id} is in ${file}. Use it with: kindred versions import ${file}\n`,
  ].join('');
}
