import type { LearningProgress, LearningSettings, LearningState, LearningStatus } from '../../contract/learning.ts';
import { KindredError } from '../../contract/errors.ts';
import { whichHaveFeatures } from '../../faces/features.store.ts';
import { pipelineOf } from '../../faces/models/choice.ts';
import { whatIsMissing } from '../../learning/gate.ts';
import { lastLearnedDecision, lastRun, usualSeconds } from '../../learning/training-runs.store.ts';
import { listVersions } from '../../learning/versions.store.ts';
import type { NewStatement } from '../../people/decisions.ts';
import { readWanted } from '../library-models.ts';
import type { OpenLibrary } from '../open-library.ts';
import { readSetting, writeSetting } from '../settings.store.ts';
import { learnableModels } from './prepare-run.ts';
import type { TrainingJob } from './training-job.ts';

/** Decisions by which somebody says who a face is, or is not. */
const corrections: ReadonlySet<NewStatement['kind']> = new Set([
  'name',
  'is',
  'is-not',
  'same',
  'together',
  'different',
  'leave',
  'split',
  'merge',
]);
/** So many make it worth while to train anew. */
const enoughCorrections = 20;
const autoSetting = 'learning.auto';

export function readLearningSettings({ db }: OpenLibrary): LearningSettings {
  return { auto: readSetting(db, autoSetting) === '1' };
}

export function writeLearningSettings({ db }: OpenLibrary, { auto }: { auto?: boolean | undefined }): void {
  if (auto !== undefined) writeSetting(db, autoSetting, auto ? '1' : '');
}

export async function learningStatus(library: OpenLibrary, job: TrainingJob): Promise<LearningStatus> {
  const { db, history } = library;
  const run = lastRun(db);
  const versions = listVersions(db);
  const candidate = versions.find(({ status }) => status === 'candidate')?.id ?? null;
  const { confirmedFaces, people, missing } = await whatThereIs(library);
  const since = lastLearnedDecision(db);
  const newCorrections = history.log().standing.filter(({ id, kind }) => id > since && corrections.has(kind)).length;
  const state = stateOf(library, job, candidate);
  const enough = missing === null;
  return {
    state,
    progress: progressOf(library, job, state),
    candidate,
    active: library.active().learned ?? null,
    latest: versions.find(({ imported }) => !imported)?.id ?? null,
    newCorrections,
    confirmedFaces,
    people,
    enough,
    missing,
    estimatedSeconds: {
      head: enough ? Math.round(usualSeconds(db, 'head') ?? expectedSeconds(confirmedFaces)) : null,
      finetune:
        enough && library.active().learned === undefined
          ? Math.round(usualSeconds(db, 'finetune') ?? 10 * expectedSeconds(confirmedFaces))
          : null,
    },
    suggestion:
      enough && state === 'idle' && newCorrections >= enoughCorrections
        ? `You have made ${newCorrections} corrections ${since === 0 ? 'so far' : 'since the last training'}. Kindred can learn from them.`
        : null,
    settings: readLearningSettings(library),
    message: state === 'failed' ? (run?.message ?? null) : null,
  };
}

function stateOf(library: OpenLibrary, job: TrainingJob, candidate: string | null): LearningState {
  if (job.progress()) return job.isPaused() ? 'paused' : 'running';
  const run = lastRun(library.db);
  if (run?.state === 'running' || run?.state === 'paused') return 'interrupted';
  if (isActivating(library)) return 'activating';
  if (candidate !== null) return 'candidate';
  return run?.state === 'failed' ? 'failed' : 'idle';
}

/** Another version is about to take over, or has and people are being put together by it. */
export function isActivating({ db, active, modelSwitch }: OpenLibrary): boolean {
  const { phase } = modelSwitch.status();
  if (phase === 'idle' || phase === 'failed') return false;
  return phase === 'grouping' || readWanted(db).learned !== active().learned;
}

function progressOf(library: OpenLibrary, job: TrainingJob, state: LearningState): LearningProgress | null {
  if (state === 'activating') return activationProgress(library);
  const run = lastRun(library.db);
  if (state !== 'interrupted' || !run) return job.progress();
  const { kind, seconds: secondsElapsed } = run;
  return { kind, phase: 'training', done: 0, total: 0, secondsElapsed, secondsLeft: null, curve: [] };
}

export function activationProgress({ db, modelSwitch }: OpenLibrary): LearningProgress {
  const { learned } = readWanted(db);
  const { phase, done, total, secondsLeft } = modelSwitch.status();
  return {
    kind: listVersions(db).find(({ id }) => id === learned)?.info.kind ?? 'head',
    phase: phase === 'grouping' ? 'grouping' : 'embedding',
    done,
    total,
    secondsElapsed: 0,
    secondsLeft,
    curve: [],
  };
}

/** What there is to learn from. */
async function whatThereIs(
  library: OpenLibrary,
): Promise<Pick<LearningStatus, 'confirmedFaces' | 'people' | 'missing'>> {
  const { db, history } = library;
  const nothing = { confirmedFaces: 0, people: 0 };
  let model;
  try {
    model = pipelineOf((await learnableModels(library)).features);
  } catch (error) {
    if (error instanceof KindredError) return { ...nothing, missing: error.message };
    throw error;
  }
  const known = history.known();
  const personOf = new Map(known.people.flatMap(({ confirmed }, i) => confirmed.map((face) => [face, i] as const)));
  const faces = whichHaveFeatures(db, model, [...personOf.keys()]).filter(({ id }) => !known.notFaces.has(id));
  const people = faces.map(({ id }) => personOf.get(id)!);
  return {
    confirmedFaces: faces.length,
    people: new Set(people).size,
    missing: whatIsMissing(
      people,
      faces.map(({ photoId }) => photoId),
    ),
  };
}

/** Before the first run has told. */
function expectedSeconds(confirmedFaces: number): number {
  return 10 + confirmedFaces / 50;
}
