import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { refresher } from '../../../renderer/refresher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('many calls become few runs, and the last call is followed by a whole one', async () => {
  let runs = 0;
  let data = 0;
  const seen: number[] = [];
  const refresh = refresher(1000, async () => {
    runs++;
    const read = data;
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen.push(read);
  });
  for (let i = 1; i <= 100; i++) {
    data = i;
    void refresh();
    await vi.advanceTimersByTimeAsync(10);
  }
  const last = refresh();
  await vi.advanceTimersByTimeAsync(5000);
  await last;
  expect(runs).toBeLessThanOrEqual(4);
  expect(seen.at(-1)).toBe(100);
});

test('a slow load is given more time between runs', async () => {
  const starts: number[] = [];
  const refresh = refresher(100, async () => {
    starts.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  void refresh();
  await vi.advanceTimersByTimeAsync(1);
  void refresh();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(2500);
});
