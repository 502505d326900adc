import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { createWorkerPool, workerUrl, type WorkerPool } from '../engine/worker-pool.ts';
import { faceEmbeddings, faceRecords, type FaceRecord } from '../faces/faces.store.ts';
import { visiblePhotoIds } from '../library/photos.store.ts';
import { constraintsFrom } from '../people/decisions.ts';
import { listDecisions } from '../people/decisions.store.ts';
import type { GroupRequest, GroupResult } from '../people/group-messages.ts';
import { readGroups, saveGroups, type StoredGroups } from '../people/groups.store.ts';
import { foldPeople, type FaceEntry, type People } from '../people/people.ts';
import { foundingQuality } from '../people/threshold.ts';
import type { EventBus } from './event-bus.ts';

/** Change it when the same faces may be grouped otherwise than before, so that saved groupings are computed anew. */
const groupingVersion = 1;

/** Keeps the people of a library up to date with its faces, its decisions and its threshold. */
export interface Grouping {
  /** As of the last grouping. */
  people(): People;
  /** The faces that are known to it, hidden ones too, by id. */
  faces(): ReadonlyMap<number, FaceRecord>;
  /** Takes up the faces that came and the photos that went, and groups anew where that changes anything. */
  refresh(): Promise<void>;
  /** A decision was made or a photo shown or hidden: folds anew without grouping. */
  invalidate(): void;
  /** Keeps the last grouping for the next start, and for who reads the library meanwhile. */
  save(): void;
  close(): Promise<void>;
}

export interface GroupingParts {
  db: Database;
  /** Version of the embedder whose embeddings are grouped. */
  model: string;
  dimension: number;
  threshold: () => number;
  events: EventBus;
}

export function createGrouping({ db, model, dimension, threshold, events }: GroupingParts): Grouping {
  const records = new Map<number, FaceRecord>();
  let lastFaceId = 0;
  let groups: StoredGroups = readGroups(db) ?? { fingerprint: '', faceIds: [], labels: [], centreDistances: [] };
  let saved = groups.fingerprint;
  let folded: People | undefined;
  let worker: WorkerPool<GroupRequest, GroupResult> | undefined;
  let sentFaceId = 0;
  let refreshing: Promise<void> = Promise.resolve();

  function takeUpFaces(): void {
    for (const record of faceRecords(db, model, lastFaceId)) {
      records.set(record.id, record);
      lastFaceId = record.id;
    }
  }

  async function cluster(fingerprint: string): Promise<void> {
    if (!worker) {
      worker = createWorkerPool(workerUrl(import.meta.url, '../people/group.worker'), 1);
      await worker.run({ kind: 'reset', dimension });
    }
    if (lastFaceId > sentFaceId) {
      const added = [...records.values()].filter(({ id }) => id > sentFaceId);
      await worker.run({
        kind: 'append',
        faceIds: Int32Array.from(added, ({ id }) => id),
        photoIds: Int32Array.from(added, ({ photoId }) => photoId),
        founding: Uint8Array.from(added, ({ quality }) => Number(quality >= foundingQuality)),
        embeddings: faceEmbeddings(db, model, sentFaceId).subarray(0, added.length * dimension),
      });
      sentFaceId = lastFaceId;
    }
    const result = await worker.run({ kind: 'cluster', threshold: threshold(), ...constraintsFrom(listDecisions(db)) });
    groups = {
      fingerprint,
      faceIds: [...result.faceIds],
      labels: [...result.labels],
      centreDistances: [...result.centreDistances],
    };
  }

  /** What a grouping is computed from, in short. Faces only ever come, so their number and the last one say which. */
  function fingerprintNow(): string {
    const { same, different } = constraintsFrom(listDecisions(db));
    const input = [groupingVersion, model, threshold(), records.size, lastFaceId, same, different];
    return createHash('sha256').update(JSON.stringify(input)).digest('hex');
  }

  async function refreshNow(): Promise<void> {
    takeUpFaces();
    const fingerprint = fingerprintNow();
    if (fingerprint !== groups.fingerprint) await cluster(fingerprint);
    folded = undefined;
    events.emit('people.changed', null);
  }

  takeUpFaces();

  return {
    faces: () => records,
    people() {
      folded ??= foldStoredGroups(db, records, groups);
      return folded;
    },
    refresh() {
      // One after the other: the grouping thread's faces must stay in step with `sentFaceId`.
      refreshing = refreshing.catch(() => undefined).then(refreshNow);
      return refreshing;
    },
    invalidate() {
      folded = undefined;
      events.emit('people.changed', null);
    },
    save() {
      if (groups.fingerprint === saved) return;
      saveGroups(db, groups);
      saved = groups.fingerprint;
    },
    async close() {
      await refreshing.catch(() => undefined);
      this.save();
      await worker?.close();
    },
  };
}

/** The people of a grouping as it was saved; faces that came after it are not in it. */
export function foldStoredGroups(db: Database, records: ReadonlyMap<number, FaceRecord>, groups: StoredGroups): People {
  const visible = visiblePhotoIds(db);
  const labels: number[] = [];
  const faces: FaceEntry[] = [];
  groups.faceIds.forEach((faceId, i) => {
    const record = records.get(faceId);
    if (!record) return;
    faces.push({ ...record, centreDistance: groups.centreDistances[i]!, visible: visible.has(record.photoId) });
    labels.push(groups.labels[i]!);
  });
  return foldPeople({ faces, labels, decisions: listDecisions(db) });
}
