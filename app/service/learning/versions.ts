import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ModelVersion, ModelVersions } from '../../contract/learning.ts';
import { KindredError } from '../../contract/errors.ts';
import type { ModelChoice } from '../../faces/models/choice.ts';
import { encodeVersion, type NewVersion, type VersionFile, type VersionInfo } from '../../faces/models/version-file.ts';
import { removeVersionFile, withVersion, writeVersionFile } from '../../faces/models/version-store.ts';
import {
  deleteVectors,
  deleteVersion,
  listVersions,
  rememberReplaced,
  saveVersion,
  setVersionGone,
  setVersionStatus,
  versionsToRemove,
  type StoredVersion,
} from '../../learning/versions.store.ts';
import { deleteReport } from '../../learning/training-runs.store.ts';
import { choiceInUse, readWanted, resolveChoice, verifyChoice } from '../library-models.ts';
import { chooseModels } from '../models.ts';
import type { OpenLibrary } from '../open-library.ts';
import { findVersion, nameOf } from './find-version.ts';

/** The model versions of a library. */
export interface Versions {
  list(): Promise<ModelVersions>;
  /** @param id or the beginning of it, or the number @throws KindredError `not-found` */
  find(id: string): StoredVersion;
  toDto(version: StoredVersion): Promise<ModelVersion>;
  /** Keeps what was trained until it is known whether it is wanted. */
  addCandidate(version: NewVersion, content: Pick<VersionFile, 'head' | 'weights'>): Promise<VersionInfo>;
  /** Remembers what was refused; @param seed makes its id */
  addRefused(version: NewVersion, seed: string): VersionInfo;
  /**
   * Has the version take over, or, given null, the models as they came.
   *
   * @throws KindredError `not-found`, `invalid-input`
   */
  activate(id: string | null): Promise<void>;
  /** Removes a version that is not in use, with everything that is stored of it. @throws KindredError */
  remove(id: string): Promise<void>;
  /** A candidate that is not wanted: its report stays. */
  discard(id: string): Promise<void>;
  /** Ends removals that the end of the program interrupted. */
  finishRemovals(): Promise<void>;
  /** Leaves what is being removed for the next time. */
  close(): Promise<void>;
}

/** Faces whose vectors are removed in one go. */
const removalBatch = 5000;

export function createVersions(library: OpenLibrary): Versions {
  const { db, events, modelsPath, cachePath } = library;
  let work = Promise.resolve();
  let closed = false;

  /** The models in use without what was trained. */
  async function baseInUse(): Promise<ModelChoice> {
    const { learned: _, ...base } = choiceInUse(library.active());
    const { choice, problem } = await resolveChoice(base, modelsPath);
    if (!choice) throw new KindredError('invalid-input', problem);
    return choice;
  }

  async function problemOf({ id, status }: StoredVersion): Promise<string | null> {
    if (status !== 'kept' && status !== 'candidate') return null;
    try {
      withVersion(await baseInUse(), modelsPath, id);
      return null;
    } catch (error) {
      if (error instanceof KindredError) return error.message;
      throw error;
    }
  }

  async function toDto(version: StoredVersion): Promise<ModelVersion> {
    const { id, status, imported, bytes, info } = version;
    const { kind, parent, pipeline, createdAt, data, before, after, threshold, reason } = info;
    return {
      id,
      name: nameOf(version),
      kind,
      parent,
      pipeline,
      createdAt,
      status,
      active: library.active().learned === id,
      imported,
      data,
      before,
      after,
      threshold,
      reason,
      bytes,
      problem: await problemOf(version),
    };
  }

  const find = (given: string): StoredVersion => findVersion(db, given);

  function usable(id: string): StoredVersion {
    const version = find(id);
    if (version.status === 'kept' || version.status === 'candidate') return version;
    const reason = version.status === 'refused' ? 'was refused' : 'was discarded';
    throw new KindredError('invalid-input', `${nameOf(version)} ${reason}; there is only its report.`, { version: id });
  }

  async function activate(given: string | null): Promise<void> {
    const active = library.active();
    const { learned: _, ...base } = choiceInUse(active);
    const version = given === null ? null : usable(given);
    if (version) {
      await verifyChoice(withVersion(await baseInUse(), modelsPath, version.id));
      if (version.status === 'candidate') setVersionStatus(db, version.id, 'kept');
      const isRollback = inUse()?.replaced === version.id;
      if (!isRollback && active.learned !== version.id) rememberReplaced(db, version.id, active.learned ?? null);
    }
    chooseModels(library, version ? { ...base, learned: version.id } : base);
    events.emit('learning.changed', null);
  }

  function inUse(): StoredVersion | undefined {
    const { learned } = library.active();
    return listVersions(db).find(({ id }) => id === learned);
  }

  function mayGo(version: StoredVersion): void {
    const { id } = version;
    if (library.active().learned === id || readWanted(db).learned === id) {
      throw new KindredError('invalid-input', `${nameOf(version)} is in use. Roll back, or use another version first.`);
    }
    const user = listVersions(db).find(({ info, bytes }) => info.on === id && bytes > 0);
    if (user) {
      throw new KindredError('invalid-input', `${nameOf(user)} was trained on ${nameOf(version)}. Remove that first.`);
    }
  }

  /** One after the other, in turns with whoever asks the service for something. */
  function inBackground(step: () => Promise<void>): Promise<void> {
    const turn = work.then(step);
    work = turn.catch(() => undefined);
    return turn;
  }

  /** @returns whether everything is gone, and not the library closed before */
  async function clear(id: string, model: string): Promise<boolean> {
    await removeVersionFile(modelsPath, id);
    const networks = join(cachePath, 'models');
    const files = await readdir(networks).catch(() => []);
    for (const file of files) if (file.startsWith(`${id}-`)) await rm(join(networks, file), { force: true });
    for (let first: number | null = 0; first !== null;) {
      if (closed) return false;
      first = deleteVectors(db, model, first, removalBatch);
      await setImmediate();
    }
    return !closed;
  }

  async function removeWholly({ id, model }: { id: string; model: string }): Promise<void> {
    if (!(await clear(id, model))) return;
    deleteReport(db, id);
    deleteVersion(db, id);
  }

  return {
    find,
    toDto,
    activate,
    async list() {
      const versions = [];
      for (const version of listVersions(db)) versions.push(await toDto(version));
      const current = inUse();
      const previous = versions.some(({ id }) => id === current?.replaced) ? current!.replaced! : null;
      return { active: library.active().learned ?? null, ...(current && { previous }), versions };
    },
    async addCandidate(version, content) {
      const { info, bytes } = encodeVersion(version, content);
      await writeVersionFile(modelsPath, info.id, bytes);
      const model = `${info.pipeline}+${info.id}`;
      saveVersion(db, info, { status: 'candidate', imported: false, model, bytes: bytes.length });
      events.emit('learning.changed', null);
      return info;
    },
    addRefused(version, seed) {
      const id = `${version.kind}-${createHash('sha256').update(seed).digest('hex').slice(0, 12)}`;
      const info = { ...version, id, inputs: 0, parts: [] };
      saveVersion(db, info, { status: 'refused', imported: false, model: `${info.pipeline}+${id}`, bytes: 0 });
      events.emit('learning.changed', null);
      return info;
    },
    async remove(given) {
      const version = find(given);
      mayGo(version);
      setVersionStatus(db, version.id, 'removing');
      events.emit('learning.changed', null);
      await inBackground(() => removeWholly(version));
    },
    async discard(given) {
      const version = find(given);
      mayGo(version);
      setVersionGone(db, version.id, 'discarded');
      events.emit('learning.changed', null);
      await inBackground(() => clear(version.id, version.model).then(() => undefined));
    },
    finishRemovals: () =>
      inBackground(async () => {
        for (const version of versionsToRemove(db)) await removeWholly(version);
      }),
    close() {
      closed = true;
      return work;
    },
  };
}
