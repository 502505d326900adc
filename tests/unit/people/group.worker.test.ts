import { beforeEach, describe, expect, it } from 'vitest';
import type { FaceStatements } from '../../../app/people/face-statements.ts';
import type { GroupResult } from '../../../app/people/group-messages.ts';
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
    days: new Int32Array(to - from),
    embeddings: faces.embeddings.slice(from * dimension, to * dimension),
  });
}

const nothingSaid: FaceStatements = { people: [], same: [], different: [], leaves: [], samePhoto: [], away: [] };

function grouped(statements: Partial<FaceStatements> = {}, threshold = 0.12): GroupResult {
  return group({ kind: 'group', threshold, statements: { ...nothingSaid, ...statements } }) as GroupResult;
}

describe('the grouping thread', () => {
  beforeEach(() => {
    group({ kind: 'reset', dimension, standard: 0.1125 });
  });

  it('keeps its faces between messages and answers in face ids', () => {
    append(0, 5);
    expect(grouped().faceIds).toHaveLength(5);
    append(5, truth.length);
    const { faceIds, labels, centreDistances } = grouped();
    expect([...faceIds]).toEqual([...truth.keys()].map(idOf));
    expect(groupsOf(labels)).toEqual(groupsOf(truth));
    labels.forEach((label, i) => expect(label).toBeLessThanOrEqual(faceIds[i]!));
    expect([...labels].every((label) => faceIds.includes(label))).toBe(true);
    expect(Math.max(...centreDistances)).toBeLessThan(0.1);
  });

  it('respects statements about face ids, passes over faces it does not know, and lets ties outrank', () => {
    append(0, truth.length);
    const a = truth.indexOf(0);
    const b = truth.indexOf(1);
    const c = truth.indexOf(0, a + 1);
    const united = grouped({ same: [[5, idOf(a), idOf(b)]] });
    expect(united.labels[a]).toBe(united.labels[b]);
    const parted = grouped({ different: [[idOf(c), 5, idOf(a)]] });
    expect(parted.labels[a]).not.toBe(parted.labels[c]);
    const both = grouped({ same: [[idOf(a), idOf(c)]], different: [[idOf(c), idOf(a)]] });
    expect(both.labels[a]).toBe(both.labels[c]);
    const without = grouped({ away: [idOf(b), 5] });
    expect(without.labels[b]).toBe(-1);
    expect(without.centreDistances[b]).toBe(0);
  });

  it('groups at any threshold', () => {
    append(0, truth.length);
    expect(new Set(grouped({}, 4).labels).size).toBe(1);
    expect(groupsOf(grouped().labels)).toEqual(groupsOf(truth));
  });

  it('previews a threshold without changing anything', () => {
    append(0, truth.length);
    const said = { different: [[idOf(truth.indexOf(0)), idOf(truth.lastIndexOf(0))]] };
    const before = grouped(said);
    const sizesOf = (labels: Int32Array): number[] =>
      groupsOf(labels)
        .map((faces) => faces.length)
        .sort((x, y) => x - y);
    for (const threshold of [0.05, 0.12, 1]) {
      const { sizes } = group({ kind: 'preview', threshold }) as { sizes: Int32Array };
      const expected = grouped(said, threshold);
      expect([...sizes].sort((x, y) => x - y)).toEqual(sizesOf(expected.labels));
    }
    expect(grouped(said)).toEqual(before);
  });

  it('finds similar groups and nearest faces by face ids, nearest first', () => {
    append(0, truth.length);
    const { labels } = grouped({}, 0.04);
    const face = idOf(truth.indexOf(0));
    const similar = group({ kind: 'similar', face, limit: 3 }) as { face: number; distance: number }[];
    expect(similar.length).toBeGreaterThan(0);
    expect(similar).toEqual(similar.toSorted((x, y) => x.distance - y.distance));
    expect(similar.every((near) => labels[(near.face - 100) / 3] !== labels[truth.indexOf(0)])).toBe(true);
    const among = [...truth.keys()].map(idOf);
    const nearest = group({ kind: 'nearest', face, among: [5, ...among], limit: 7 }) as typeof similar;
    // With so little spread the others of the person are the nearest.
    expect(nearest.map((near) => near.face).sort((x, y) => x - y)).toEqual(
      among.filter((id, i) => truth[i] === 0 && id !== face),
    );
  });

  it('forgets all faces when reset', () => {
    append(0, truth.length);
    group({ kind: 'reset', dimension, standard: 0.1125 });
    expect(grouped().faceIds).toHaveLength(0);
  });
});
