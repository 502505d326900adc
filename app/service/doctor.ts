import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { KindredError } from '../contract/errors.ts';
import { builtInChoice } from '../faces/models/choice.ts';
import { createPhotoPool } from '../faces/photo-pool.ts';
import { probeTraining, type TrainingProbe } from '../learning/speed/probe-training.ts';
import { countPhotos } from '../library/photos.store.ts';
import { openLibraryDatabase } from '../store/connection.ts';
import { readVersionFile } from '../faces/models/version-file.ts';
import { versionPath } from '../faces/models/version-store.ts';
import { findVersion, nameOf } from './learning/find-version.ts';
import { readActive } from './library-models.ts';
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
  /** Null where nothing can train. */
  training: TrainingProbe | null;
}

/** Milliseconds after which what trains is not waited for. */
const longestProbe = 60_000;

const require = createRequire(import.meta.url);

/** Looks at what Kindred stands on. Changes nothing. */
export async function examine(libraryPath: string): Promise<DoctorReport> {
  const training = await probeTraining(longestProbe).catch((error: Error) => error);
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
      trainingCheck(training),
      electronCheck(),
      libraryCheck(libraryPath),
      ...versionCheck(libraryPath),
    ],
    training: training instanceof Error ? null : training,
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

/** What was chosen, why, and how fast it is. */
function trainingCheck(training: TrainingProbe | Error): Check {
  const name = 'training';
  if (training instanceof Error) return { name, ok: false, detail: training.message };
  const { backend, speed } = training;
  const rate = speed
    ? `${speed.stepMs.toFixed(0)} ms for a step of fine-tuning with ${speed.faces} faces, ${speed.embeddingMs.toFixed(1)} ms for one face`
    : `too slow to be measured in ${longestProbe / 1000} seconds`;
  const why = backend.forced
    ? 'asked for by KINDRED_BACKEND'
    : backend.passedOver.map((other) => `${other.name}: ${other.reason}`).join('; ');
  return { name, ok: true, detail: `${backend.name} on ${backend.device}, ${rate}${why && ` (${why})`}` };
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

/** Which trained version people are told apart with. */
function versionCheck(libraryPath: string): Check[] {
  const name = 'model version';
  let library;
  try {
    library = openLibraryDatabase(libraryPath, { readOnly: true });
  } catch {
    // The check of the library says what is the matter.
    return [];
  }
  try {
    const { learned } = readActive(library.db) ?? {};
    if (learned === undefined) return [{ name, ok: true, detail: 'none trained; the models as they came' }];
    const version = findVersion(library.db, learned);
    readVersionFile(versionPath(join(libraryPath, 'models'), learned));
    const { createdAt, after } = version.info;
    const rate = `identification ${(100 * after.identification).toFixed(1)} % on held-out faces`;
    return [{ name, ok: true, detail: `${nameOf(version)}, ${learned}, of ${createdAt.slice(0, 10)}, ${rate}` }];
  } catch (error) {
    return [{ name, ok: false, detail: error instanceof Error ? error.message : String(error) }];
  } finally {
    library.close();
  }
}
