/**
 * Runs `load` for many calls as few times: never twice at once, and not again before `gap` ms have passed, or four times
 * as long as it took, whichever is longer. The last call is always followed by a whole run.
 *
 * @returns `refresh()`; its promise resolves when a run that began after the call has ended, and never rejects
 */
export function refresher(gap: number, load: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let free = 0;

  const run = async (): Promise<void> => {
    const wait = free - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    next = null;
    const start = performance.now();
    await load();
    const end = performance.now();
    free = end + Math.max(gap, 4 * (end - start));
  };

  return () => {
    next ??= (running ?? Promise.resolve()).then(() => (running = run()));
    return next;
  };
}
