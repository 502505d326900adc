import { resolve } from 'node:path';
import type { Care, PhotoFailure, ScanStatus } from '../../contract/dto.ts';
import { KindredError } from '../../contract/errors.ts';
import { openService } from '../../service/service.ts';
import type { Service } from '../../service/service-types.ts';
import { exitCodes } from './exit-codes.ts';
import { interruptible } from './interrupt.ts';
import { finishSwitch } from './models.ts';
import { showProgress } from './progress.ts';

/** What `kindred scan --json` prints. */
export interface ScanReport {
  photos: number;
  faces: number;
  people: number;
  failed: Omit<PhotoFailure, 'attempts'>[];
  seconds: number;
}

const endings = new Set<ScanStatus['phase']>(['done', 'cancelled', 'failed']);

interface ScanOptions {
  library: string;
  json?: true;
  threshold?: number;
  retry?: true;
  care?: Care;
}

/** `kindred scan`: scans, prints the report, and stops cleanly on Ctrl-C. */
export async function runScan(folder: string | undefined, options: ScanOptions): Promise<void> {
  const service = await openService({ libraryPath: resolve(options.library), host: 'cli' });
  const hideProgress = showProgress(service);
  try {
    await interruptible((signal) => scanAndReport(service, folder, options, { signal, hideProgress }));
  } finally {
    hideProgress();
    await service.close();
  }
}

async function scanAndReport(
  service: Service,
  folder: string | undefined,
  options: ScanOptions,
  { signal, hideProgress }: { signal: AbortSignal; hideProgress: () => void },
): Promise<void> {
  signal.addEventListener('abort', () => void service.call('scan.cancel', undefined), { once: true });
  // Before the scan, so that no photo is read twice.
  if (options.care !== undefined) {
    await service.call('models.setCare', { care: options.care });
    await finishSwitch(service, signal);
  }
  if (options.threshold !== undefined) await service.call('people.setThreshold', { threshold: options.threshold });
  const { status } = await scanAndWait(service, async () => {
    if (options.retry) await service.call('scan.retryFailed', undefined);
    if (folder !== undefined) await service.call('library.addFolder', { path: resolve(folder) });
    else if (!options.retry) await service.call('scan.start', undefined);
    // Ctrl-C may have come while there was no scan yet to be stopped, as when a new threshold takes its time.
    if (signal.aborted) await service.call('scan.cancel', undefined);
  });
  // Photos that other models or an older Kindred have read.
  if (status.phase === 'done') await finishSwitch(service, signal).catch(unlessAborted);
  hideProgress();
  const report = await reportOn(service, status);
  process.stdout.write(`${options.json ? JSON.stringify(report) : reportText(report)}\n`);
  if (status.phase === 'cancelled' || signal.aborted) process.exitCode = exitCodes.interrupted;
  if (status.phase === 'failed') throw new KindredError('internal', status.message ?? 'The scan stopped.');
}

function unlessAborted(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
}

/** Runs `start`, waits for the scan to end and reports on the library. Rejects at once where `start` does. */
export async function scanAndWait(
  service: Service,
  start: () => Promise<unknown>,
): Promise<{ status: ScanStatus; report: ScanReport }> {
  return (await beginScan(service, start)).ended;
}

/** Same, but gives the scan back as soon as it has begun. */
export async function beginScan(
  service: Service,
  start: () => Promise<unknown>,
): Promise<{ ended: Promise<{ status: ScanStatus; report: ScanReport }> }> {
  await start();
  // What ended before `start` did is not the last of it: it may have begun several scans, one after the other.
  const status = new Promise<ScanStatus>((resolve) => {
    const settle = (status: ScanStatus): void => {
      if (!endings.has(status.phase)) return;
      unsubscribe();
      resolve(status);
    };
    const unsubscribe = service.subscribe((event, payload) => {
      if (event === 'scan.progress') settle(payload as ScanStatus);
    });
    void service.call('scan.status', undefined).then(settle);
  });
  return { ended: status.then(async (last) => ({ status: last, report: await reportOn(service, last) })) };
}

async function reportOn(service: Service, { secondsElapsed }: ScanStatus): Promise<ScanReport> {
  const summary = await service.call('library.summary', undefined);
  const failures = await service.call('library.failures', undefined);
  return {
    photos: summary.photos,
    faces: summary.faces,
    people: summary.people,
    failed: failures.map(({ path, kind, message }) => ({ path, kind, message })),
    seconds: secondsElapsed,
  };
}

/** The report as text for people. */
export function reportText({ photos, faces, people, failed }: ScanReport): string {
  const lines = [`${photos} photos, ${faces} faces, ${people} people.`];
  if (failed.length > 0) {
    lines.push(`${failed.length} could not be read:`);
    // A file name may hold line breaks or control characters, which must not reach a terminal.
    for (const { path, message } of failed) lines.push(`  ${JSON.stringify(path)}: ${message}`);
  }
  return lines.join('\n');
}
