import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** How a Node process went. */
export interface Measured {
  stdout: string;
  /** From start to exit. */
  seconds: number;
  /** Processor time, of all threads; null where the system does not tell (it needs /proc). Busy neighbours do not add to it. */
  cpuSeconds: number | null;
  /** Largest resident memory in bytes, threads included; null where the system does not tell. */
  peakBytes: number | null;
  /** Resident memory in bytes every tenth of a second; empty where the system does not tell. */
  samples: number[];
}

const sampleMs = 100;
/** In which Linux counts processor time towards programs. */
const ticksPerSecond = 100;

/**
 * Runs a script in a Node process of its own and measures it.
 *
 * @throws Error with what it wrote to stderr when it fails
 */
export async function runMeasured(script: URL, args: readonly string[]): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));

  let cpuSeconds: number | null = null;
  let peakBytes: number | null = null;
  const samples: number[] = [];
  const stopped = new AbortController();
  const sampling = (async (): Promise<void> => {
    while (!stopped.signal.aborted && child.pid !== undefined) {
      const memory = await residentMemory(child.pid);
      if (memory) {
        peakBytes = memory.peak;
        samples.push(memory.now);
        cpuSeconds = (await processorTime(child.pid)) ?? cpuSeconds;
      }
      await delay(sampleMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();

  const code = await ended.finally(() => stopped.abort());
  const seconds = (performance.now() - start) / 1000;
  await sampling;
  if (code !== 0) throw new Error(`${fileURLToPath(script)} ended with ${code ?? 'a signal'}:\n${stderr}`);
  return { stdout, seconds, cpuSeconds, peakBytes, samples };
}

/** Resident memory of a running process, now and at its highest, in bytes. */
async function residentMemory(pid: number): Promise<{ now: number; peak: number } | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [now, peak] = ['VmRSS', 'VmHWM'].map((field) => new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return now === undefined || peak === undefined ? undefined : { now: Number(now) * 1024, peak: Number(peak) * 1024 };
}

/** Seconds of processor time that a running process has used. */
async function processorTime(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program, in parentheses, may contain anything; user and system time are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? null : ticks / ticksPerSecond;
}

/** For tables. */
export function megabytes(bytes: number | null): string {
  return bytes === null ? 'not measured' : `${Math.round(bytes / 2 ** 20)} MB`;
}
