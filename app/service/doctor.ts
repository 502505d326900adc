import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import { builtInChoice } from '../faces/models/choice.ts';
import { createPhotoPool } from '../faces/photo-pool.ts';
import { countPhotos } from '../library/photos.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { findPackageFile } from './package-root.ts';
import { version } from './version.ts';

/** One thing that was looked at. */
export interface Check {
  name: string;
  ok: boolean;
  /** What was found, or what to do about it. */
  detail: string;
}

export interface DoctorReport {
  version: string;
  node: string;
  platform: string;
  cores: number;
  memoryGb: number;
  checks: Check[];
}

const require = createRequire(import.meta.url);

/** Looks at what Kindred stands on. Changes nothing. */
export async function examine(libraryPath: string): Promise<DoctorReport> {
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    checks: [
      packageCheck('sharp'),
      packageCheck('better-sqlite3'),
      packageCheck('libheif-js'),
      packageCheck('@vladmandic/face-api'),
      packageCheck('onnxruntime-node'),
      await inferenceCheck(),
      electronCheck(),
      libraryCheck(libraryPath),
    ],
  };
}

function packageCheck(name: string): Check {
  try {
    const { version: found } = require(findPackageFile('node_modules', name, 'package.json')) as { version: string };
    return { name, ok: true, detail: found };
  } catch {
    return { name, ok: false, detail: 'not installed; run npm ci' };
  }
}

/** Opens the built-in models and runs them, without leaving anything behind. */
async function inferenceCheck(): Promise<Check> {
  const cachePath = await mkdtemp(join(tmpdir(), 'kindred-doctor-'));
  const pool = createPhotoPool({ cachePath, models: builtInChoice }, 1);
  try {
    const { engine, milliseconds } = await pool.probe();
    return { name: 'inference', ok: true, detail: `${engine}, ${Math.round(milliseconds)} ms for one face` };
  } catch (error) {
    return { name: 'inference', ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    await pool.close();
    await rm(cachePath, { recursive: true, force: true });
  }
}

function electronCheck(): Check {
  const present = existsSync(findPackageFile('node_modules', 'electron', 'path.txt'));
  return { name: 'electron', ok: present, detail: present ? 'present' : 'no binary; the window opens in the browser' };
}

function libraryCheck(libraryPath: string): Check {
  const name = 'library';
  if (!existsSync(join(libraryPath))) return { name, ok: true, detail: `none yet in ${libraryPath}` };
  try {
    const { db, close } = openLibraryDatabase(libraryPath, { readOnly: true, checkAll: true });
    const { photos, failed, missing } = countPhotos(db);
    close();
    return { name, ok: true, detail: `${photos} photos, ${failed} unreadable, ${missing} missing in ${libraryPath}` };
  } catch (error) {
    if (error instanceof KindredError && error.kind === 'not-found') return { name, ok: true, detail: error.message };
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
