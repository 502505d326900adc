import type { ScanPhase, ScanStatus } from '../contract/dto.ts';

/** Speed is measured over this long, so that it follows a change from small photos to large ones. */
const windowSeconds = 20;

/** Numbers of one scan, and the speed and time left that follow from them. Time stands still while it is paused. */
export class ScanProgress {
  phase: ScanPhase = 'idle';
  folders: string[] = [];
  found = 0;
  unchanged = 0;
  total = 0;
  done = 0;
  failed = 0;
  facesFound = 0;
  current: string | null = null;
  message: string | null = null;
  readonly #now: () => number;
  #startedAt: number;
  #pausedAt: number | null = null;
  #endedAt: number | null = null;
  #samples: { at: number; done: number }[] = [];

  /** @param now milliseconds on a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
  }

  pause(): void {
    this.#pausedAt ??= this.#now();
  }

  resume(): void {
    if (this.#pausedAt === null) return;
    const away = this.#now() - this.#pausedAt;
    this.#startedAt += away;
    this.#samples = this.#samples.map(({ at, done }) => ({ at: at + away, done }));
    this.#pausedAt = null;
  }

  end(): void {
    this.resume();
    this.#endedAt = this.#now();
  }

  finishOne(): void {
    this.done += 1;
    const at = this.#now();
    this.#samples.push({ at, done: this.done });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > windowSeconds * 1000) this.#samples.shift();
  }

  status(people: number): ScanStatus {
    const { phase, folders, found, unchanged, total, done, failed, facesFound, current, message } = this;
    const speed = this.#photosPerSecond();
    return {
      phase,
      folders,
      found,
      unchanged,
      total,
      done,
      failed,
      facesFound,
      people,
      photosPerSecond: speed,
      secondsElapsed: this.#elapsed(),
      secondsLeft: speed > 0 && phase !== 'done' ? (total - done) / speed : null,
      current,
      message,
    };
  }

  #elapsed(): number {
    const until = this.#endedAt ?? this.#pausedAt ?? this.#now();
    return Math.max(0, until - this.#startedAt) / 1000;
  }

  /** While it runs over the last seconds, afterwards over the whole scan. */
  #photosPerSecond(): number {
    if (this.#endedAt !== null) return this.done / Math.max(this.#elapsed(), 1e-3);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 500) return 0;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }
}
