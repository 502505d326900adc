import type { OpenLibrary } from '../open-library.ts';

/** So long nothing must have gone on. */
const idleMs = 5 * 60 * 1000;
const lookEveryMs = 60 * 1000;

/**
 * Calls whenever nothing has gone on in the library for a while: no scan, no other models, no decision.
 *
 * @returns ends it
 */
export function watchIdleness({ events, scan, modelSwitch }: OpenLibrary, onIdle: () => Promise<void>): () => void {
  let lastChange = performance.now();
  const unsubscribe = events.subscribe((event) => {
    if (event !== 'learning.changed') lastChange = performance.now();
  });
  const isBusy = (): boolean => {
    const { phase } = scan.status();
    const isScanning = phase === 'listing' || phase === 'indexing' || phase === 'grouping';
    return isScanning || modelSwitch.status().phase === 'reading' || performance.now() - lastChange < idleMs;
  };
  const timer = setInterval(() => {
    if (!isBusy()) onIdle().catch((error: unknown) => process.stderr.write(`Training failed: ${String(error)}\n`));
  }, lookEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}
