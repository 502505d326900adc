import type { LearningPhase } from '../../contract/learning.ts';
import { embedFromFeatures } from '../../faces/embed-from-features.ts';
import { headDimension } from '../../faces/models/head.ts';
import type { NewVersion, VersionInfo } from '../../faces/models/version-file.ts';
import type { RunContext } from '../../learning/checkpoint.ts';
import type { StoredReport, StoredRun } from '../../learning/training-runs.store.ts';
import type { TrainingResult } from '../../learning/training-messages.ts';
import { createEventBus } from '../event-bus.ts';
import { createGrouping } from '../grouping.ts';
import type { OpenLibrary } from '../open-library.ts';
import { libraryChanges } from './library-changes.ts';
import type { Versions } from './versions.ts';

export interface OutcomeControl {
  signal: AbortSignal;
  /** What it returns is waited for. @param total 0 where it is not known */
  onProgress: (phase: LearningPhase, done: number, total: number) => Promise<void>;
}

/** What is kept of a run that has ended. */
export interface Outcome {
  info: VersionInfo;
  report: StoredReport;
}

/**
 * Stores the version of a run, and looks at what it would change in the library; it is not in use yet.
 *
 * @throws KindredError `disk-full`; the reason of the signal
 */
export async function storeOutcome(
  library: OpenLibrary,
  versions: Versions,
  { run, context, result }: { run: StoredRun; context: RunContext; result: TrainingResult },
  control: OutcomeControl,
): Promise<Outcome> {
  const { model, metrics, reason, intervals, roc, distances, curve } = result;
  const version: NewVersion = {
    kind: run.kind,
    pipeline: context.pipeline,
    architecture: model?.architecture ?? 'none',
    on: context.on,
    dimension: model?.head ? headDimension(model.head) : library.active().dimension,
    threshold: result.threshold,
    createdAt: new Date().toISOString(),
    parent: context.parent,
    data: context.data,
    before: metrics.before,
    after: metrics.after,
    reason,
  };
  const report: StoredReport = {
    seconds: run.seconds,
    curve,
    metrics,
    intervals,
    threshold: { before: context.threshold, after: result.threshold },
    roc,
    distances,
    heldOut: heldOutChanges(result, context),
    library: null,
  };
  if (!model) return { info: versions.addRefused(version, `${run.id} ${run.started}`), report };
  const info = await versions.addCandidate(version, model);
  if (info.kind !== 'head') return { info, report };
  await embedAll(library, info, model.head!, control);
  await control.onProgress('grouping', 0, 0);
  control.signal.throwIfAborted();
  return { info, report: { ...report, library: await groupedOtherwise(library, info) } };
}

function heldOutChanges({ changes }: TrainingResult, { people }: RunContext): StoredReport['heldOut'] {
  const labelOf = (person: number): StoredReport['heldOut'][number]['before'] => people[person] ?? null;
  return changes
    .map(({ faceId, truth, before, after }) => {
      const person = people[truth]!;
      return { faceId, person, before: labelOf(before), after: labelOf(after), fixed: after === truth };
    })
    .sort((a, b) => Number(b.fixed) - Number(a.fixed));
}

async function embedAll(
  { db }: OpenLibrary,
  info: VersionInfo,
  head: NonNullable<NonNullable<TrainingResult['model']>['head']>,
  { signal, onProgress }: OutcomeControl,
): Promise<void> {
  const names = { head, parent: info.pipeline, model: `${info.pipeline}+${info.id}` };
  let done = 0;
  await onProgress('embedding', 0, 0);
  await embedFromFeatures(db, names, {
    signal,
    onBatch(photos) {
      done += photos;
      return onProgress('embedding', done, 0);
    },
  });
  signal.throwIfAborted();
}

/** Groups the library by the version, without anybody seeing it, and compares. */
async function groupedOtherwise(
  { db, history, grouping }: OpenLibrary,
  { pipeline, id, dimension, threshold }: VersionInfo,
): Promise<StoredReport['library']> {
  const models = { model: `${pipeline}+${id}`, dimension, standard: threshold };
  const other = createGrouping({
    db,
    models,
    threshold: () => threshold,
    known: () => history.known(),
    events: createEventBus(),
    stored: false,
  });
  try {
    await other.refresh();
    return libraryChanges(grouping.people(), other.people());
  } finally {
    await other.close();
  }
}
