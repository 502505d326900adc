import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupRequest, GroupResult } from '../../../app/people/group-messages.ts';
import group from '../../../app/people/group.worker.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { groupsOf } from './reference-clustering.ts';

const faces = makeFaces({ sizes: [8, 6, 4, 1], seed: 3, spread: 0.3 });
const { dimension, truth } = faces;
/** Face ids with gaps, so that an index cannot pass for an id. */
const idOf = (index: number): number => 100 + 3 * index;

function append(from: number, to: number): void {
  group({
    kind: 'append',
    faceIds: Int32Array.from({ length: to - from }, (_, i) => idOf(from + i)),
    photoIds: faces.photos.slice(from, to),
    founding: faces.founding.slice(from, to),
    embeddings: faces.embeddings.slice(from * dimension, to * dimension),
  });
}

function cluster(options: Partial<Extract<GroupRequest, { kind: 'cluster' }>> = {}): GroupResult {
  return group({ kind: 'cluster', threshold: 0.12, same: [], different: [], ...options }) as GroupResult;
}

describe('the grouping thread', () => {
  beforeEach(() => {
    group({ kind: 'reset', dimension });
  });

  it('keeps its faces between messages and answers in face ids', () => {
    append(0, 5);
    expect(cluster().faceIds).toHaveLength(5);
    append(5, truth.length);
    const { faceIds, labels, centreDistances } = cluster();
    expect([...faceIds]).toEqual([...truth.keys()].map(idOf));
    expect(groupsOf(labels)).toEqual(groupsOf(truth));
    labels.forEach((label, i) => expect(label).toBeLessThanOrEqual(faceIds[i]!));
    expect(Math.max(...centreDistances)).toBeLessThan(0.1);
  });

  it('respects pairs of face ids, passes over faces it does not know, and reports contradictions', () => {
    append(0, truth.length);
    const a = truth.indexOf(0);
    const b = truth.indexOf(1);
    const c = truth.indexOf(0, a + 1);
    const united = cluster({
      same: [
        [idOf(a), idOf(b)],
        [idOf(a), 5],
      ],
    });
    expect(united.labels[a]).toBe(united.labels[b]);
    const parted = cluster({ different: [[idOf(c), idOf(a)]] });
    expect(parted.labels[a]).not.toBe(parted.labels[c]);
    expect(parted.contradictions).toEqual([]);
    const both = cluster({ same: [[idOf(a), idOf(c)]], different: [[idOf(c), idOf(a)]] });
    expect(both.contradictions).toEqual([[idOf(c), idOf(a)]]);
  });

  it('groups at any threshold', () => {
    append(0, truth.length);
    expect(new Set(cluster({ threshold: 4 }).labels).size).toBe(1);
    expect(groupsOf(cluster().labels)).toEqual(groupsOf(truth));
  });

  it('forgets all faces when reset', () => {
    append(0, truth.length);
    group({ kind: 'reset', dimension });
    expect(cluster().faceIds).toHaveLength(0);
  });
});
