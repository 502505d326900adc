import type {
  Compared,
  DistanceHistogram,
  LearningMetrics,
  MetricInterval,
  RocPoint,
  RunKind,
  TrainingPoint,
} from '../contract/learning.ts';
import type { Head } from '../faces/models/head.ts';
import type { NamedTensor } from '../engine/safetensors.ts';
import type { FacePicture } from './face-maps.ts';
import type { LearningData } from './training/learning-data.ts';

/** Everything that a run is made of, as it was when it began: what is decided meanwhile does not disturb it. */
export interface TrainingInput {
  kind: RunKind;
  seed: number;
  /** The network's own last layer is read by the thread. */
  data: Omit<LearningData, 'lastLayer'>;
  /** For `finetune`: the pictures of the confirmed faces, then those of the others. */
  pictures: FacePicture[];
  /** Where the native engine's networks are kept. */
  modelsPath: string;
  /** Ids of the confirmed faces. */
  faceIds: Int32Array;
  /** Per confirmed face whether the head in use was trained on it, so that it must not be measured on it as it is. */
  learnedBefore: Uint8Array;
  /** The trained network that the features are of; null for the built-in one. */
  networkFile: string | null;
  /** What makes the embeddings in use; null for the network's own last layer. */
  head: Head | null;
  /** The head in use was trained in this library: to compare with it fairly, it is trained again without what is held out. */
  retrain: boolean;
}

/** A held-out face that is recognised otherwise than before; people by their numbers, -1 for nobody. */
export interface RecognitionChange {
  faceId: number;
  truth: number;
  before: number;
  after: number;
}

/** What comes of a run. */
export interface TrainingResult {
  kept: boolean;
  /** For people. */
  reason: string;
  metrics: Compared<LearningMetrics>;
  intervals: { gain: MetricInterval; general: MetricInterval };
  /** Squared L2 (0..4) for the new model. */
  threshold: number;
  roc: Compared<RocPoint[]>;
  distances: Compared<DistanceHistogram>;
  changes: RecognitionChange[];
  curve: TrainingPoint[];
  /** Null where it was refused. */
  model: { architecture: string; head: Head | null; weights: Map<string, NamedTensor> } | null;
}

/** What the training thread is told. */
export type TrainingCommand = 'pause' | 'resume';

/** Where the thread finds its input, and keeps how far it is. */
export interface TrainingThreadData {
  folder: string;
}

/** What the training thread tells. */
export type TrainingMessage =
  | { type: 'progress'; phase: 'training' | 'measuring'; done: number; total: number; point: TrainingPoint | null }
  | { type: 'done'; result: TrainingResult }
  | { type: 'failed'; message: string };
