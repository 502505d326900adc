import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { createWorkerPool, workerUrl, type WorkerPool } from '../engine/worker-pool.ts';
import { faceEmbeddings, faceRecords, type FaceRecord } from '../faces/faces.store.ts';
import { visiblePhotoIds } from '../library/photos.store.ts';
import { dayNumber, faceStatements, type FaceStatements } from '../people/face-statements.ts';
import type { GroupAnswers, GroupRequest } from '../people/group-messages.ts';
import { readGroups, saveGroups, type StoredGroups } from '../people/groups.store.ts';
import type { Known } from '../people/known-people.ts';
import { foldPeople, type FaceEntry, type People } from '../people/people.ts';
import { DistanceScale, foundingQuality } from '../people/threshold.ts';
import type { EventBus } from './event-bus.ts';

/** Change it when the same faces may be grouped otherwise than before, so that saved groupings are computed anew. */
const groupingVersion = 2;

/** Requests about the groups as they are. */
type Question = Exclude<GroupRequest, { kind: 'reset' | 'append' | 'hide' | 'group' }>;

/** Keeps the people of a library up to date with its faces, its decisions and its threshold. */
export interface Grouping {
  /** As of the last grouping. */
  people(): People;
  /** The faces that are known to it, hidden ones too, by id. */
  faces(): ReadonlyMap<number, FaceRecord>;
  /** Squared L2 (0..4) to the centre of its group, of each face. */
  centreDistance(face: number): number;
  /** Takes up the faces that came, the photos that went and what was decided, and groups anew where that changes anything. */
  refresh(): Promise<void>;
  /** Something was decided: who asks for people from now on sees it, as far as that goes without grouping anew. */
  decided(): void;
  /** A photo was shown or hidden: folds anew without grouping. */
  invalidate(): void;
  /** Asks the grouping thread about the groups as they are now. */
  ask<Asked extends Question>(question: Asked): Promise<GroupAnswers[Asked['kind']]>;
  /** Whose embeddings the faces are known by now. */
  models(): GroupedModels;
  /** How often all faces were taken up anew: embeddings that were read before then are others now. */
  generation(): number;
  /** Resolves when what is under way by now has ended, however it ended. */
  settled(): Promise<void>;
  /** Takes up all faces anew, by the embeddings of these models, and groups them. */
  use(models: GroupedModels): Promise<void>;
  /** Keeps the last grouping for the next start, and for who reads the library meanwhile. */
  save(): void;
  close(): Promise<void>;
}

/** Whose embeddings are grouped. */
export interface GroupedModels {
  /** Name under which they are stored. */
  model: string;
  /** Length of an embedding. */
  dimension: number;
  /** Squared L2 (0..4): the threshold that the models come with. */
  standard: number;
}

export interface GroupingParts {
  db: Database;
  models: GroupedModels;
  threshold: () => number;
  /** What the decisions that stand add up to. */
  known: () => Known;
  events: EventBus;
  /** False for one that is only to be looked at, and leaves the stored grouping as it is. */
  stored?: boolean;
}

interface GroupingInput {
  fingerprint: string;
  /** Squared L2 (0..4). */
  threshold: number;
  statements: FaceStatements;
}

export function createGrouping({ db, models, threshold, known, events, stored = true }: GroupingParts): Grouping {
  let { model, dimension, standard } = models;
  const records = new Map<number, FaceRecord>();
  let lastFaceId = 0;
  let groups: StoredGroups = readGroups(db) ?? { fingerprint: '', faceIds: [], labels: [], centreDistances: [] };
  let saved = groups.fingerprint;
  let folded: People | undefined;
  let distances: Map<number, number> | undefined;
  let worker: WorkerPool<GroupRequest, unknown> | undefined;
  let sentFaceId = 0;
  /** Ids of the hidden faces that the thread knows of. */
  let sentHidden = '';
  /** What the thread's own groups are those of. */
  let groupedAs = '';
  let inTurn: Promise<unknown> = Promise.resolve();
  let generation = 0;

  function takeUpFaces(): void {
    for (const record of faceRecords(db, model, lastFaceId)) {
      records.set(record.id, record);
      lastFaceId = record.id;
    }
  }

  function statements(): FaceStatements {
    return faceStatements(
      known(),
      [...records.values()].filter(({ drawn }) => drawn).map(({ id }) => id),
    );
  }

  async function run<Asked extends GroupRequest>(request: Asked): Promise<GroupAnswers[Asked['kind']]> {
    if (!worker) {
      worker = createWorkerPool(workerUrl(import.meta.url, '../people/group.worker'), 1);
      await worker.run({ kind: 'reset', dimension, standard });
    }
    try {
      return (await worker.run(request)) as GroupAnswers[Asked['kind']];
    } catch (error) {
      // The thread may be gone, or may have taken up half of what it was told: the next one hears everything.
      const broken = worker;
      worker = undefined;
      sentFaceId = 0;
      sentHidden = '';
      groupedAs = '';
      await broken.close();
      throw error;
    }
  }

  async function sendFaces(): Promise<void> {
    if (lastFaceId <= sentFaceId) return;
    const added = [...records.values()].filter(({ id }) => id > sentFaceId);
    await run({
      kind: 'append',
      faceIds: Int32Array.from(added, ({ id }) => id),
      photoIds: Int32Array.from(added, ({ photoId }) => photoId),
      founding: Uint8Array.from(added, ({ quality }) => Number(quality >= foundingQuality)),
      days: Int32Array.from(added, ({ day }) => dayNumber(day)),
      embeddings: faceEmbeddings(db, model, sentFaceId).subarray(0, added.length * dimension),
    });
    sentFaceId = lastFaceId;
  }

  /** The thread is asked about what is shown only. */
  async function sendHidden(): Promise<void> {
    const visible = visiblePhotoIds(db);
    const faceIds: number[] = [];
    for (const { id, photoId } of records.values()) if (!visible.has(photoId)) faceIds.push(id);
    if (worker && faceIds.join() === sentHidden) return;
    await run({ kind: 'hide', faceIds: Int32Array.from(faceIds) });
    sentHidden = faceIds.join();
  }

  async function group({ fingerprint, ...input }: GroupingInput): Promise<void> {
    await sendFaces();
    const result = await run({ kind: 'group', ...input });
    groupedAs = fingerprint;
    groups = {
      fingerprint,
      faceIds: [...result.faceIds],
      labels: [...result.labels],
      centreDistances: [...result.centreDistances],
    };
    distances = undefined;
  }

  /**
   * What a grouping is computed from, and that in short. Faces only ever come, so their number and the last one say which.
   * Taken at one moment: what is decided and undone while faces are sent must not get into groups of before.
   */
  function inputNow(): GroupingInput {
    const input = { threshold: threshold(), statements: statements() };
    const all = [groupingVersion, model, input.threshold, records.size, lastFaceId, input.statements];
    return { fingerprint: createHash('sha256').update(JSON.stringify(all)).digest('hex'), ...input };
  }

  async function refreshNow(): Promise<void> {
    takeUpFaces();
    const input = inputNow();
    try {
      if (input.fingerprint !== groups.fingerprint) await group(input);
    } finally {
      // Even where it failed, what was decided is to be seen.
      folded = undefined;
      events.emit('people.changed', null);
    }
  }

  async function startAnew(next: GroupedModels): Promise<void> {
    ({ model, dimension, standard } = next);
    generation += 1;
    records.clear();
    lastFaceId = 0;
    sentFaceId = 0;
    sentHidden = '';
    groupedAs = '';
    // Embeddings may be others under the same name and the same faces.
    groups = { ...groups, fingerprint: '' };
    // At once: who asks while the thread ends must find the faces.
    takeUpFaces();
    const before = worker;
    worker = undefined;
    await before?.close();
    await refreshNow();
  }

  /** One after the other: the grouping thread's faces must stay in step with `sentFaceId`. */
  function inOrder<Value>(step: () => Promise<Value>): Promise<Value> {
    const turn = inTurn.catch(() => undefined).then(step);
    inTurn = turn;
    return turn;
  }

  takeUpFaces();

  return {
    faces: () => records,
    people() {
      folded ??= foldStoredGroups(db, records, groups, known(), standard);
      return folded;
    },
    centreDistance(face) {
      distances ??= new Map(groups.faceIds.map((id, i) => [id, groups.centreDistances[i]!]));
      return distances.get(face) ?? 0;
    },
    models: () => ({ model, dimension, standard }),
    generation: () => generation,
    settled: () =>
      inTurn.then(
        () => undefined,
        () => undefined,
      ),
    refresh: () => inOrder(refreshNow),
    use: (next) => inOrder(() => startAnew(next)),
    decided() {
      folded = undefined;
    },
    invalidate() {
      folded = undefined;
      events.emit('people.changed', null);
    },
    ask: (question) =>
      inOrder(async () => {
        // A grouping that was kept from the last time is known here, and not yet in the thread.
        if (groupedAs !== groups.fingerprint || groupedAs === '') await group(inputNow());
        await sendHidden();
        return run(question);
      }),
    save() {
      if (!stored || groups.fingerprint === saved) return;
      saveGroups(db, groups);
      saved = groups.fingerprint;
    },
    async close() {
      await inTurn.catch(() => undefined);
      this.save();
      await worker?.close();
    },
  };
}

/**
 * The people of a grouping as it was saved; faces that came after it are not in it.
 *
 * @param standard squared L2 (0..4): the threshold that its models come with
 */
export function foldStoredGroups(
  db: Database,
  records: ReadonlyMap<number, FaceRecord>,
  groups: StoredGroups,
  known: Known,
  standard: number,
): People {
  const scale = new DistanceScale(standard);
  const visible = visiblePhotoIds(db);
  const labels: number[] = [];
  const faces: FaceEntry[] = [];
  groups.faceIds.forEach((faceId, i) => {
    const record = records.get(faceId);
    if (!record) return;
    const { id, quality, photoId } = record;
    faces.push({
      id,
      quality,
      centreDistance: scale.toBuiltIn(groups.centreDistances[i]!),
      visible: visible.has(photoId),
    });
    labels.push(groups.labels[i]!);
  });
  return foldPeople({ faces, labels, known });
}
