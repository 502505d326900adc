import { KindredError } from '../../contract/errors.ts';
import type { LearningReport, LearningStatus } from '../../contract/learning.ts';
import type { Handlers } from '../../contract/procedures.ts';
import { readReport, type StoredReport } from '../../learning/training-runs.store.ts';
import { listVersions, type StoredVersion } from '../../learning/versions.store.ts';
import type { OpenLibrary } from '../open-library.ts';
import { watchIdleness } from './idle-training.ts';
import {
  activationProgress,
  isActivating,
  learningStatus,
  readLearningSettings,
  writeLearningSettings,
} from './learning-status.ts';
import { createTrainingJob } from './training-job.ts';
import { exportVersion, importVersion } from './version-exchange.ts';
import { createVersions } from './versions.ts';

/** Everything about learning in an open library. */
export interface Learning {
  handlers: Pick<Handlers, Extract<keyof Handlers, `learning.${string}`>>;
  /** What a window does by itself, and a command does not. */
  goOn(): void;
  close(): Promise<void>;
}

export function createLearning(library: OpenLibrary): Learning {
  const { db, events } = library;
  const versions = createVersions(library);
  const job = createTrainingJob(library, versions);
  const status = (): Promise<LearningStatus> => learningStatus(library, job);
  let stopWatching = (): void => undefined;

  let activating = false;
  const unsubscribe = events.subscribe((event) => {
    if (event === 'models.progress') {
      const ended = activating && !isActivating(library);
      activating = isActivating(library);
      if (activating) events.emit('learning.progress', activationProgress(library));
      if (ended) events.emit('learning.changed', null);
    }
    if (event === 'models.changed') events.emit('learning.changed', null);
  });

  function candidate(): StoredVersion {
    const found = listVersions(db).find((version) => version.status === 'candidate');
    if (!found) throw new KindredError('invalid-input', 'There is no new version to be kept or discarded.');
    return found;
  }

  async function mayStart(): Promise<void> {
    const { state, missing } = await status();
    const reasons: Partial<Record<typeof state, string>> = {
      running: 'A training is running already.',
      paused: 'A training is paused. Resume or cancel it first.',
      interrupted: 'A training was interrupted. Resume or cancel it first.',
      candidate: 'The last training waits for you to keep or discard what came of it.',
      activating: 'Another version is about to take over. Train when that is done.',
    };
    const reason = reasons[state] ?? missing;
    if (reason !== null) throw new KindredError('invalid-input', reason);
  }

  async function reportOf(version: StoredVersion): Promise<LearningReport> {
    const dto = await versions.toDto(version);
    return { version: dto, ...(readReport(db, version.id) ?? reportFromFile(version)) };
  }

  return {
    handlers: {
      'learning.status': status,
      'learning.start': async ({ kind, seed = 1 }) => {
        await mayStart();
        if (kind === 'finetune' && library.active().learned !== undefined) {
          throw new KindredError(
            'invalid-input',
            'Fine-tuning begins with the models as they came. Use these first, then train.',
          );
        }
        job.start(kind, { seed });
        return status();
      },
      'learning.pause': () => {
        job.pause();
        return status();
      },
      'learning.resume': async () => {
        const { state } = await status();
        if (state !== 'paused' && state !== 'interrupted') {
          throw new KindredError('invalid-input', 'There is no training to go on with.');
        }
        job.resume();
        return status();
      },
      'learning.cancel': async () => {
        await job.cancel();
        return status();
      },
      'learning.keep': async () => {
        await versions.activate(candidate().id);
        return status();
      },
      'learning.discard': async () => {
        await versions.discard(candidate().id);
        return status();
      },
      'learning.versions': () => versions.list(),
      'learning.activate': async ({ version }) => {
        await versions.activate(version);
        return status();
      },
      'learning.remove': async ({ version }) => {
        await versions.remove(version);
        return null;
      },
      'learning.report': ({ version }) => reportOf(versions.find(version)),
      'learning.settings': (settings) => {
        writeLearningSettings(library, settings);
        if (settings.auto !== undefined) events.emit('learning.changed', null);
        return readLearningSettings(library);
      },
      'learning.export': ({ version, path }) => exportVersion(library, versions, version, path),
      'learning.import': ({ path }) => importVersion(library, versions, path),
    },
    goOn() {
      void versions.finishRemovals();
      stopWatching = watchIdleness(library, async () => {
        const { suggestion, settings } = await status();
        if (suggestion !== null && settings.auto) job.start('head', { seed: 1 });
      });
    },
    async close() {
      stopWatching();
      unsubscribe();
      await job.close();
      await versions.close();
    },
  };
}

/** Of a version that another library trained, what its file tells. */
function reportFromFile({ info }: StoredVersion): StoredReport {
  return {
    seconds: 0,
    curve: [],
    metrics: { before: info.before, after: info.after },
    intervals: null,
    threshold: { before: info.threshold, after: info.threshold },
    roc: null,
    distances: null,
    heldOut: [],
    library: null,
  };
}
