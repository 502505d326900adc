import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { KindredError } from '../contract/errors.ts';
import { findPackageFile } from '../service/package-root.ts';

/**
 * Builds what is missing in `dist/` or older than its sources. Only a checkout has sources; elsewhere everything is built
 * already. Says what it does on stderr.
 */
export async function buildParts(...parts: ('renderer' | 'app')[]): Promise<void> {
  const script = findPackageFile('scripts', 'build.ts');
  if (!existsSync(script)) return;
  const code = await runProgram(process.execPath, [script, ...parts, '--if-stale'], ['ignore', 2, 2]);
  if (code !== 0) throw new KindredError('internal', 'The window could not be built. Run npm ci, and try again.');
}

/** Runs a program in this terminal until it ends. @returns its exit code */
export function runProgram(
  program: string,
  args: string[],
  stdio: 'inherit' | ('ignore' | number)[] = 'inherit',
): Promise<number> {
  // Ctrl-C reaches the program by itself; this process only waits for it to end in order.
  const wait = (): void => undefined;
  const child = spawn(program, args, { stdio });
  const end = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', end);
  return new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 1));
  }).finally(() => {
    process.off('SIGINT', wait);
    process.off('SIGTERM', end);
  });
}
