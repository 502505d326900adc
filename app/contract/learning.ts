import { z } from 'zod';
import { nothing, path, procedure } from './procedure.ts';

/**
 * How a model version is trained: a `head` on stored features (seconds), the last layers of the network (`finetune`, a graphics
 * card or patience), or a small network of its own (`scratch`).
 */
export type TrainingKind = 'head' | 'finetune' | 'scratch';

/** What a library trains: `scratch` takes a folder of people instead, see `kindred train scratch`. */
export type RunKind = Exclude<TrainingKind, 'scratch'>;

/**
 * What learning is at. `paused` and `interrupted` (the program ended in the middle) go on with `learning.resume`; `candidate`
 * waits for `learning.keep` or `learning.discard`; `failed` is how the last run ended.
 */
export type LearningState = 'idle' | 'running' | 'paused' | 'interrupted' | 'candidate' | 'activating' | 'failed';

/**
 * What is being done, in this order: reading what was decided; training, several times over, each time with other faces held
 * out; measuring on these; embedding every face of the library with the new version; grouping them.
 */
export type LearningPhase = 'collecting' | 'training' | 'measuring' | 'embedding' | 'grouping';

/** One point of the curves. */
export interface TrainingPoint {
  /** Counted through all trainings of a run, from 1. */
  step: number;
  /** Which training it is of, from 0; the last one is on all faces. */
  fold: number;
  /** Mean triplet loss. */
  loss: number;
  /** Share of triplets with a loss, 0..1. */
  activeFraction: number;
  /** Squared L2 (0..4), mean over pairs of one person. */
  positiveDistance: number;
  /** Squared L2 (0..4), mean over pairs of different people. */
  negativeDistance: number;
}

/** How far a training run, or the activation of a version, has come. */
export interface LearningProgress {
  /** Of a version that is activated it may be any. */
  kind: TrainingKind;
  phase: LearningPhase;
  /** Of this phase; steps of all trainings, or photos. `total` is 0 where it is not known. */
  done: number;
  total: number;
  secondsElapsed: number;
  /** Until the end of the run; null until there is enough to go by. */
  secondsLeft: number | null;
  /** Of the run so far, thinned out to 300 points or so; empty for an activation. */
  curve: TrainingPoint[];
}

export interface LearningSettings {
  /** Train by itself when nothing else goes on and enough was corrected; the result waits to be kept or discarded. */
  auto: boolean;
}

export interface LearningStatus {
  state: LearningState;
  /** What is running, paused or interrupted; null in the other states. */
  progress: LearningProgress | null;
  /** The version that waits to be kept or discarded. */
  candidate: string | null;
  /** The version in use; null for the models as they came. */
  active: string | null;
  /** The newest version, whatever came of it: what the last run ended with. */
  latest: string | null;
  /** Decisions about people since the last run. */
  newCorrections: number;
  /** Confirmed faces that can be learned from, and of how many people. */
  confirmedFaces: number;
  people: number;
  /** There is enough to learn from. */
  enough: boolean;
  /** What is missing, or why it cannot be trained now, in plain words; null where it can. */
  missing: string | null;
  /** About how long a run takes here; null for what cannot be trained here. */
  estimatedSeconds: Record<RunKind, number | null>;
  /** A sentence that proposes to train; null where there is no reason to. */
  suggestion: string | null;
  settings: LearningSettings;
  /** What went wrong, where `state` is `failed`, in plain words. */
  message: string | null;
}

/** How well a model tells people apart, measured on faces that it was not trained on. Shares, 0..1. */
export interface LearningMetrics {
  /** Identification rate of known people at 1 % false positives (DIR@1 %FPIR). */
  identification: number;
  /** BCubed F of grouping. */
  grouping: number;
  /** VAL at a FAR of 1e-3 on people that were held out whole. */
  general: number;
}

/** 95 % interval, from drawing anew what was measured on. */
export interface MetricInterval {
  low: number;
  high: number;
}

/** What a version was trained on. */
export interface TrainingData {
  people: number;
  /** Confirmed faces. */
  faces: number;
  photos: number;
  /** Pairs of faces that were said to be different people. */
  differentPairs: number;
  /** Faces of the rest of the library. */
  strangers: number;
  /** The last entry of the history that was taken into account. */
  lastDecision: number;
}

/** `refused` and `discarded` versions are there for their reports only. */
export type VersionStatus = 'candidate' | 'kept' | 'refused' | 'discarded';

export interface ModelVersion {
  id: string;
  /** For people, such as `Version 3`. */
  name: string;
  kind: TrainingKind;
  /** The version that was in use when it was trained; null for the models as they came. */
  parent: string | null;
  /** The models whose features it takes, see `models.list`. */
  pipeline: string;
  /** ISO time. */
  createdAt: string;
  status: VersionStatus;
  active: boolean;
  /** It came from a file. */
  imported: boolean;
  data: TrainingData;
  before: LearningMetrics;
  after: LearningMetrics;
  /** Squared L2 (0..4) under which groups of faces unite, until it is moved. */
  threshold: number;
  /** Why it was kept or refused, a sentence. */
  reason: string;
  /** Of its file; 0 where there is none. */
  bytes: number;
  /** Why it cannot be used now (other models are in use, its file is damaged), or null. */
  problem: string | null;
}

export interface RocPoint {
  /** Squared L2 (0..4). */
  threshold: number;
  /** Share of pairs of different people that are taken for one, 0..1. */
  far: number;
  /** Share of pairs of one person that are recognised, 0..1. */
  val: number;
}

/** Distances of pairs of faces, as shares of their kind per bin; each adds up to 1. */
export interface DistanceHistogram {
  /** Squared L2, start of each bin and the end of the last one: one more than there are shares. */
  edges: number[];
  same: number[];
  different: number[];
}

export interface PersonLabel {
  /** As in `people.person`; `f<n>` for somebody without a name. */
  id: string;
  /** Empty for a person without a name. */
  name: string;
}

/** A held-out face whose person is known, recognised otherwise than before. */
export interface HeldOutChange {
  faceId: number;
  person: PersonLabel;
  /** Whom it was taken for; null for nobody. */
  before: PersonLabel | null;
  after: PersonLabel | null;
  /** It was wrong and is right; else it was right and is wrong. */
  fixed: boolean;
}

/** A face of the library that is in another group. */
export interface LibraryChange {
  faceId: number;
  before: PersonLabel | null;
  after: PersonLabel | null;
}

/** Everything about one model before and after. */
export interface Compared<Value> {
  before: Value;
  after: Value;
}

export interface LearningReport {
  version: ModelVersion;
  seconds: number;
  /** Of the training. */
  curve: TrainingPoint[];
  metrics: Compared<LearningMetrics>;
  /** Of the gain in identification, and of what general was before; null for a version that came from a file. */
  intervals: { gain: MetricInterval; general: MetricInterval } | null;
  threshold: Compared<number>;
  /** On held-out faces; null for a version that came from a file. */
  roc: Compared<RocPoint[]> | null;
  /** The same. */
  distances: Compared<DistanceHistogram> | null;
  /** Held-out faces, those that are right now first. */
  heldOut: HeldOutChange[];
  /** Up to 500 faces of the library; null for a version that was refused or came from a file. */
  library: { changed: number; faces: LibraryChange[] } | null;
}

export interface ModelVersions {
  /** The version in use; null for the models as they came. */
  active: string | null;
  /** Rolling back leads here; null for the models as they came, undefined where there is nothing to roll back to. */
  previous?: string | null;
  /** Newest first. */
  versions: ModelVersion[];
}

const kind = z.enum(['head', 'finetune']);
/** A version's id, or the beginning of it that no other has. */
const version = z.string().min(1).max(100);

/** The procedures about learning. */
export const learningProcedures = {
  'learning.status': procedure<LearningStatus>()(nothing),
  /** Trains a new version. */
  'learning.start': procedure<LearningStatus>()(z.object({ kind, seed: z.int().nonnegative().optional() }), [
    'invalid-input',
    'not-found',
  ]),
  'learning.pause': procedure<LearningStatus>()(nothing),
  /** Goes on after a pause, or with a run that the end of the program interrupted. */
  'learning.resume': procedure<LearningStatus>()(nothing, ['invalid-input']),
  /** Ends the run, and forgets it. */
  'learning.cancel': procedure<LearningStatus>()(nothing),
  /** Uses the candidate from now on. */
  'learning.keep': procedure<LearningStatus>()(nothing, ['invalid-input', 'disk-full']),
  /** The candidate is gone; its report stays. */
  'learning.discard': procedure<LearningStatus>()(nothing, ['invalid-input']),

  'learning.versions': procedure<ModelVersions>()(nothing),
  /** Uses this version, or, given null, the models as they came. No decision changes. */
  'learning.activate': procedure<LearningStatus>()(z.object({ version: version.nullable() }), [
    'not-found',
    'invalid-input',
    'disk-full',
  ]),
  /** Removes a version that is not in use, with its file, its embeddings and its report. */
  'learning.remove': procedure<null>()(z.object({ version }), ['not-found', 'invalid-input']),
  'learning.report': procedure<LearningReport>()(z.object({ version }), ['not-found']),
  /** Changes what is given. */
  'learning.settings': procedure<LearningSettings>()(z.object({ auto: z.boolean().optional() })),
  /** Writes a version into a file that another library can import. */
  'learning.export': procedure<{ path: string; bytes: number }>()(z.object({ version, path }), [
    'not-found',
    'invalid-input',
    'disk-full',
  ]),
  /** Adds a version from a file, once it has been checked; it is not used before it is activated. */
  'learning.import': procedure<ModelVersion>()(z.object({ path }), ['not-found', 'invalid-input', 'disk-full']),
} as const;

/** The events about learning, with their payload. */
export interface LearningEvents {
  /** At most a few times a second while a run or an activation goes on, and at every change of phase. */
  'learning.progress': LearningProgress;
  /** The state, the versions or the settings changed: ask again. */
  'learning.changed': null;
}
