import { KindredError } from '../../contract/errors.ts';
import type { LearningReport, LearningStatus, RunKind } from '../../contract/learning.ts';
import type { Service } from '../../service/service-types.ts';
import { finishActivation, reportText } from './versions.ts';
import { print, withService, type LibraryOptions } from './with-service.ts';

export interface TrainOptions extends LibraryOptions {
  resume?: true;
  restart?: true;
  keep?: true;
  seed?: number;
}

const stopped = 'Stopped; what was trained is kept. Go on with: kindred train --resume';

/** `kindred train`: trains to the end, and keeps the version where it is told to; Ctrl-C leaves the rest for later. */
export function runTrain(kind: RunKind, options: TrainOptions): Promise<void> {
  return withService(options, stopped, async (service, signal) => {
    const { seed } = options;
    if (options.restart) await service.call('learning.cancel', undefined);
    const status = await whenEnded(service, signal, async () => {
      if (options.resume) await service.call('learning.resume', undefined);
      else {
        await service.call('learning.start', {
          kind,
          ...(seed !== undefined && { seed }),
        });
      }
    });
    if (status.state === 'failed') throw new KindredError('internal', status.message ?? 'The training stopped.');
    const report = await service.call('learning.report', { version: status.latest! });
    if (options.keep && status.state === 'candidate') {
      await service.call('learning.keep', undefined);
      await finishActivation(service, signal);
    }
    print(options, report, `${reportText(report)}\n${whatNext(report, options)}`);
  });
}

function whatNext({ version }: LearningReport, { keep }: TrainOptions): string {
  if (version.status === 'refused') return 'It was refused: what was in use stays in use.';
  return keep ? `${version.name} is in use.` : 'Use it with: kindred versions keep  (or: kindred versions discard)';
}

/** @throws the reason of the signal */
async function whenEnded(service: Service, signal: AbortSignal, start: () => Promise<void>): Promise<LearningStatus> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<LearningStatus>();
  ended.promise.catch(() => undefined);
  const look = async (): Promise<void> => {
    const status = await service.call('learning.status', undefined);
    if (status.state !== 'running') ended.resolve(status);
  };
  const unsubscribe = service.subscribe((event) => {
    if (event === 'learning.changed') look().catch(ended.reject);
  });
  signal.addEventListener('abort', () => ended.reject(signal.reason as Error), { once: true });
  try {
    await start();
    await look();
    return await ended.promise;
  } finally {
    unsubscribe();
  }
}
