import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LearningPhase, LearningProgress, RunKind, TrainingPoint } from '../../contract/learning.ts';
import { workerUrl } from '../../engine/worker-pool.ts';
import { startWorkerThread, type WorkerThread } from '../../engine/worker-thread.ts';
import { readRunFile, saveRunFile, type RunContext } from '../../learning/checkpoint.ts';
import { thinned } from '../../learning/thinned.ts';
import type { TrainingCommand, TrainingMessage, TrainingResult } from '../../learning/training-messages.ts';
import {
  failRun,
  finishRun,
  lastRun,
  setRunState,
  startRun,
  type RunOptions,
  type StoredRun,
} from '../../learning/training-runs.store.ts';
import { listVersions } from '../../learning/versions.store.ts';
import { listDecisions } from '../../people/decisions.store.ts';
import type { OpenLibrary } from '../open-library.ts';
import { isDiskFull } from '../scan-job.ts';
import { storeOutcome } from './outcome.ts';
import { prepareRun } from './prepare-run.ts';
import type { Versions } from './versions.ts';

/** The training runs of a library, one at a time. */
export interface TrainingJob {
  /** What goes on, also while it is paused; null otherwise. */
  progress(): LearningProgress | null;
  isPaused(): boolean;
  start(kind: RunKind, options: RunOptions): void;
  pause(): void;
  /** After a pause, or with a run that the end of the program interrupted. */
  resume(): void;
  /** Ends the run, also an interrupted one, and forgets what it has. */
  cancel(): Promise<void>;
  /** What it has is kept, and the run can be resumed. */
  close(): Promise<void>;
}

const progressPauseMs = 250;

/** A run in hand. */
class ActiveRun {
  readonly stop = new AbortController();
  readonly curve: TrainingPoint[] = [];
  readonly #startedAt = performance.now();
  phase: LearningPhase = 'collecting';
  done = 0;
  total = 0;
  thread: WorkerThread<TrainingCommand> | undefined;
  ended: Promise<void> = Promise.resolve();
  #pausedAt: number | undefined;
  /** Resolves while it is not paused. */
  going: Promise<void> = Promise.resolve();
  #goOn = (): void => undefined;
  #awayMs = 0;
  #firstStep: { done: number; at: number } | undefined;
  readonly row: StoredRun;

  constructor(row: StoredRun) {
    this.row = row;
  }

  get isPaused(): boolean {
    return this.#pausedAt !== undefined;
  }

  pause(): void {
    this.#pausedAt = performance.now();
    this.going = new Promise((resolve) => (this.#goOn = resolve));
    this.thread?.send('pause');
  }

  resume(): void {
    this.#awayMs += performance.now() - (this.#pausedAt ?? performance.now());
    this.#pausedAt = undefined;
    this.#goOn();
    this.thread?.send('resume');
  }

  /** Of work, those before a break too. */
  get seconds(): number {
    return this.row.seconds + this.#workedMs() / 1000;
  }

  step(phase: LearningPhase, done: number, total: number): void {
    Object.assign(this, { phase, done, total });
    if (phase === 'training') this.#firstStep ??= { done, at: this.#workedMs() };
  }

  progress(): LearningProgress {
    const { phase, done, total, seconds, curve } = this;
    return {
      kind: this.row.kind,
      phase,
      done,
      total,
      secondsElapsed: seconds,
      secondsLeft: this.#secondsLeft(),
      curve: thinned(curve),
    };
  }

  #workedMs(): number {
    return (this.#pausedAt ?? performance.now()) - this.#startedAt - this.#awayMs;
  }

  #secondsLeft(): number | null {
    const { phase, done, total } = this;
    const first = this.#firstStep;
    if (phase !== 'training' || !first || done - first.done < 10) return null;
    return (((this.#workedMs() - first.at) / (done - first.done)) * (total - done)) / 1000;
  }
}

export function createTrainingJob(library: OpenLibrary, versions: Versions): TrainingJob {
  const { db, events } = library;
  let active: ActiveRun | null = null;
  let lastProgress = 0;

  const folderOf = (run: StoredRun): string => join(library.path, 'training', `run-${run.id}`);

  function report(run: ActiveRun, force = false): void {
    const now = performance.now();
    if (run !== active || (!force && now - lastProgress < progressPauseMs)) return;
    lastProgress = now;
    events.emit('learning.progress', run.progress());
  }

  function enter(run: ActiveRun, phase: LearningPhase, done: number, total: number): void {
    const isNew = run.phase !== phase;
    run.step(phase, done, total);
    report(run, isNew);
  }

  function begin(row: StoredRun): void {
    const run = new ActiveRun(row);
    active = run;
    setRunState(db, row.id, 'running', row.seconds);
    run.ended = work(run)
      .catch((error: unknown) => fail(run, error))
      .finally(() => {
        if (active === run) active = null;
        if (!run.stop.signal.aborted) events.emit('learning.changed', null);
      });
    events.emit('learning.changed', null);
    report(run, true);
  }

  async function fail(run: ActiveRun, error: unknown): Promise<void> {
    if (run.stop.signal.aborted) return;
    await run.thread?.stop();
    setRunState(db, run.row.id, 'failed', run.seconds);
    failRun(db, run.row.id, plainReason(error));
    await rm(folderOf(run.row), { recursive: true, force: true });
  }

  async function work(run: ActiveRun): Promise<void> {
    const { row } = run;
    const { signal } = run.stop;
    const folder = folderOf(row);
    const context = await contextOf(row, folder);
    signal.throwIfAborted();
    const result = await train(run, folder);
    await run.thread?.stop();
    const outcome = await storeOutcome(
      library,
      versions,
      { run: { ...row, seconds: run.seconds }, context, result },
      {
        signal,
        onProgress(phase, done, total) {
          enter(run, phase, done, total);
          return run.going;
        },
      },
    );
    setRunState(db, row.id, 'running', run.seconds);
    finishRun(db, row.id, result.kept ? 'done' : 'refused', outcome.info.id, outcome.report);
    await rm(folder, { recursive: true, force: true });
  }

  /** What it learns from is read once, so that it is the same after a break. */
  async function contextOf(row: StoredRun, folder: string): Promise<RunContext> {
    const before = await readRunFile(folder, 'context');
    if (before) return before;
    const { context, input } = await prepareRun(library, row);
    await saveRunFile(folder, 'input', input);
    // Last, because it says that the other is there.
    await saveRunFile(folder, 'context', context);
    return context;
  }

  async function train(run: ActiveRun, folder: string): Promise<TrainingResult> {
    const earlier = await readRunFile(folder, 'checkpoint');
    run.stop.signal.throwIfAborted();
    run.curve.push(...(earlier?.curve ?? []));
    return new Promise((resolve, reject) => {
      run.stop.signal.addEventListener('abort', () => reject(run.stop.signal.reason as Error), { once: true });
      run.thread = startWorkerThread<TrainingCommand, TrainingMessage>(
        workerUrl(import.meta.url, '../../learning/training.worker'),
        { folder },
        {
          onDeath: reject,
          onMessage(message) {
            if (message.type === 'done') resolve(message.result);
            else if (message.type === 'failed') reject(new Error(message.message));
            else {
              if (message.point) run.curve.push(message.point);
              enter(run, message.phase, message.done, message.total);
            }
          },
        },
      );
      if (run.isPaused) run.thread.send('pause');
    });
  }

  async function end(run: ActiveRun): Promise<void> {
    run.stop.abort();
    run.resume();
    await run.thread?.stop();
    await run.ended;
    if (active === run) active = null;
  }

  return {
    progress: () => active?.progress() ?? null,
    isPaused: () => active?.isPaused ?? false,
    start(kind, options) {
      const lastDecision = listDecisions(db).at(-1)?.id ?? 0;
      startRun(db, { started: new Date().toISOString(), kind, options, lastDecision });
      begin(lastRun(db)!);
    },
    pause() {
      if (!active || active.isPaused) return;
      active.pause();
      setRunState(db, active.row.id, 'paused', active.seconds);
      report(active, true);
      events.emit('learning.changed', null);
    },
    resume() {
      if (active?.isPaused) {
        active.resume();
        setRunState(db, active.row.id, 'running', active.seconds);
        report(active, true);
        events.emit('learning.changed', null);
        return;
      }
      const row = lastRun(db);
      if (!active && row && (row.state === 'running' || row.state === 'paused')) begin(row);
    },
    async cancel() {
      const run = active;
      const row = run?.row ?? lastRun(db);
      if (run) await end(run);
      if (!row || row.state === 'done' || row.state === 'refused') return;
      setRunState(db, row.id, 'cancelled', run?.seconds ?? row.seconds);
      await rm(folderOf(row), { recursive: true, force: true });
      // It may have come as far as that.
      const candidate = listVersions(db).find(({ status }) => status === 'candidate');
      if (run && candidate) await versions.remove(candidate.id);
      events.emit('learning.changed', null);
    },
    async close() {
      const run = active;
      if (!run) return;
      setRunState(db, run.row.id, run.isPaused ? 'paused' : 'running', run.seconds);
      await end(run);
    },
  };
}

function plainReason(error: unknown): string {
  if (isDiskFull(error)) return 'The disk with the library is full. Make room, then train again.';
  return error instanceof Error ? error.message : String(error);
}
