import type { TrainingPoint } from '../contract/learning.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TrainingMessage } from './training-messages.ts';
import type { LearningData } from './training/learning-data.ts';
import type { TrainingControl, TrainingState } from './training/trainer.ts';

export type RunProgress = Omit<Extract<TrainingMessage, { type: 'progress' }>, 'type'>;

export interface RunControl {
  /** Where to go on from. */
  checkpoint: Checkpoint | undefined;
  save: (checkpoint: Checkpoint) => Promise<void>;
  /** Called after each step; the run goes on when it resolves. */
  onProgress: (progress: RunProgress) => Promise<void>;
}

/** Steps between two checkpoints. */
const checkpointEvery = 25;

/** One kind of training. */
export interface TrainingOf<Trained> {
  /** Of one training. */
  steps: number;
  /** How many trainings a run has. */
  count: number;
  train: (data: LearningData, control: TrainingControl) => Promise<Trained>;
}

/** The trainings of a run, in an order that does not depend on anything but its input. */
export class Trainings<Trained extends Checkpoint['trained'][number]> {
  curve: TrainingPoint[];
  readonly #training: TrainingOf<Trained>;
  readonly #control: RunControl;
  readonly #trained: Trained[];
  #state: TrainingState | null;
  #next = 0;

  constructor(training: TrainingOf<Trained>, control: RunControl) {
    this.#training = training;
    this.#control = control;
    this.#trained = [...((control.checkpoint?.trained ?? []) as Trained[])];
    this.#state = control.checkpoint?.state ?? null;
    this.curve = control.checkpoint?.curve ?? [];
  }

  async next(data: LearningData): Promise<Trained> {
    const number = this.#next++;
    return this.#trained[number] ?? this.#train(data, number);
  }

  measuring(): void {
    void this.#report('measuring', this.#next * this.#training.steps, null);
  }

  async #train(data: LearningData, number: number): Promise<Trained> {
    const first = number * this.#training.steps;
    const from = this.#state;
    const trained = await this.#training.train(data, {
      ...(from && { from }),
      checkpoint: { every: checkpointEvery, save: (state) => this.#save(state) },
      onProgress: async ({ step, loss, activeFraction, meanPositiveDistance, meanNegativeDistance }) => {
        const point = {
          step: first + step,
          fold: number,
          loss,
          activeFraction,
          positiveDistance: meanPositiveDistance,
          negativeDistance: meanNegativeDistance,
        };
        this.curve.push(point);
        await this.#report('training', first + step, point);
      },
    });
    this.#trained.push(trained);
    await this.#save(null);
    return trained;
  }

  async #save(state: TrainingState | null): Promise<void> {
    this.#state = state;
    const { curve } = this;
    await this.#control.save({ trained: this.#trained, state, curve });
  }

  #report(phase: RunProgress['phase'], done: number, point: TrainingPoint | null): Promise<void> {
    const { steps, count } = this.#training;
    return this.#control.onProgress({ phase, done, total: steps * count, point });
  }
}
