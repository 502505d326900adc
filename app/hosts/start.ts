/**
 * `npm start -- [folder] [--library DIR]`: opens Kindred from a checkout, in Electron where that can run, else in the
 * browser. Exit codes as those of `kindred`.
 */
import './malloc-arenas.ts';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { KindredError } from '../contract/errors.ts';
import { folderError } from '../service/browse-folders.ts';
import { findPackageFile } from '../service/package-root.ts';
import { buildParts, runProgram } from './build-parts.ts';
import { exitCodeOf, exitCodes } from './cli/exit-codes.ts';
import { defaultLibraryPath } from './cli/library-path.ts';
import { runServe } from './cli/serve.ts';
import { downloadElectron, downloadObstacle, electronObstacle, findElectron } from './electron-binary.ts';

const usage = 'Usage: npm start -- [folder] [--library DIR]';

interface Call {
  folder: string | undefined;
  library: string;
}

/** Reads the command line, or says what is wrong with it and ends the process. */
function readCall(): Call {
  try {
    const { values, positionals } = parseArgs({
      options: { library: { type: 'string', default: defaultLibraryPath() } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error('Give one folder; put quotes around a name with spaces.');
    if (values.library === '' || positionals[0] === '') throw new Error('A folder must not be empty.');
    const folder = positionals[0] === undefined ? undefined : resolve(positionals[0]);
    if (folder !== undefined) requireFolder(folder);
    return { folder, library: resolve(values.library) };
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${error instanceof KindredError ? '' : `${usage}\n`}`);
    process.exit(exitCodes.badInput);
  }
}

function requireFolder(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
}

/** @returns the path of Electron's binary, or the reason why there is none, as the end of a sentence */
async function obtainElectron(): Promise<{ binary: string } | { reason: string }> {
  const { platform, env } = process;
  const obstacle = electronObstacle({ platform, env, userId: process.getuid?.() });
  if (obstacle !== null) return { reason: obstacle };
  const packageFolder = findPackageFile('node_modules', 'electron');
  const present = findElectron(packageFolder);
  if (present !== null) return { binary: present };
  const refusal = downloadObstacle(env);
  if (refusal !== null) return { reason: refusal };
  const downloaded = await downloadElectron(packageFolder, () => {
    process.stderr.write('Downloading Electron, once (about 120 MB) …\n');
  });
  return downloaded !== null ? { binary: downloaded } : { reason: 'its binary is absent and cannot be downloaded' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const { folder, library } = readCall();
try {
  const electron = await obtainElectron();
  if ('binary' in electron) {
    await buildParts('renderer', 'app');
    const args = [findPackageFile(), `--library=${library}`, ...(folder === undefined ? [] : [folder])];
    process.exitCode = await runProgram(electron.binary, args);
  } else {
    process.stderr.write(`Electron cannot open a window (${electron.reason}): using the browser instead.\n`);
    await runServe(folder, { library, port: 0, open: true });
  }
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
