import { beforeEach, describe, expect, it } from 'vitest';
import { ScanProgress } from '../../../app/service/scan-progress.ts';

let now: number;
let progress: ScanProgress;

beforeEach(() => {
  now = 1000;
  progress = new ScanProgress(() => now);
  progress.total = 100;
});

function finish(photos: number, millisecondsEach: number): void {
  for (let i = 0; i < photos; i++) {
    now += millisecondsEach;
    progress.finishOne();
  }
}

describe('ScanProgress', () => {
  it('knows no time left before there is anything to go by', () => {
    expect(progress.status(0)).toMatchObject({ photosPerSecond: 0, secondsLeft: null });
  });

  it('tells speed and time left', () => {
    finish(20, 500);
    const status = progress.status(7);
    expect(status).toMatchObject({ done: 20, people: 7, secondsElapsed: 10 });
    expect(status.photosPerSecond).toBeCloseTo(2, 5);
    expect(status.secondsLeft).toBeCloseTo(40, 5);
  });

  it('follows a change of speed', () => {
    finish(50, 100);
    finish(25, 1000);
    expect(progress.status(0).photosPerSecond).toBeCloseTo(1, 1);
  });

  it('stands still while paused', () => {
    finish(20, 500);
    const before = progress.status(0);
    progress.pause();
    now += 3_600_000;
    expect(progress.status(0).secondsElapsed).toBe(before.secondsElapsed);
    progress.resume();
    finish(1, 500);
    const after = progress.status(0);
    expect(after.secondsElapsed).toBe(before.secondsElapsed + 0.5);
    expect(after.photosPerSecond).toBeCloseTo(2, 5);
  });

  it('keeps its time once ended', () => {
    finish(10, 100);
    progress.end();
    now += 60_000;
    expect(progress.status(0)).toMatchObject({ secondsElapsed: 1, photosPerSecond: 10 });
  });
});
