import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', '..', 'app', 'hosts', 'cli', 'main.ts');

export interface CliResult {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `kindred` with these arguments as a process of its own. */
export function startCli(...args: string[]): { process: ChildProcess; ended: Promise<CliResult> } {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Runs `kindred` to its end. */
export function runCli(...args: string[]): Promise<CliResult> {
  return startCli(...args).ended;
}
