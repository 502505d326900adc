import { Groups } from './groups.ts';

/** Two faces by index, in any order. */
export type FacePair = readonly [number, number];

/** What is known about pairs of faces; everything is optional. */
export interface PairConstraints {
  /** The same person: always in one group. */
  same?: readonly FacePair[];
  /** Different people: never in one group. */
  different?: readonly FacePair[];
  /** Faces of one photo that may be one person all the same, as in mirrors and collages. */
  samePhoto?: readonly FacePair[];
}

/**
 * Pairs that may not share a group: `different` pairs, and faces of one photo. As adjacency lists: the faces that face `i`
 * must stay apart from are `ids[offsets[i]]` up to, not including, `ids[offsets[i + 1]]`.
 */
export interface Apart {
  offsets: Uint32Array;
  ids: Int32Array;
}

/**
 * Unites the `same` pairs.
 *
 * @returns the groups, and every `different` pair that they contradict; a contradicted pair stays together
 */
export function contract(
  count: number,
  { same = [], different = [] }: PairConstraints,
): { groups: Groups; contradictions: FacePair[] } {
  const groups = new Groups(count);
  for (const [a, b] of same) groups.unite(a, b);
  const contradictions = different.filter(([a, b]) => groups.rootOf(a) === groups.rootOf(b));
  return { groups, contradictions };
}

/**
 * Lists who must stay apart from whom. A `same` pair outranks the rule about photos, because a person said it; so it does
 * not matter here that two faces of one photo may already be united.
 *
 * @param photos per face, the photo it is in
 */
export function listApart(photos: Int32Array, { different = [], samePhoto = [] }: PairConstraints): Apart {
  const pairs: FacePair[] = [...different];
  const allowed = new Set(samePhoto.map(([a, b]) => pairKey(a, b, photos.length)));
  const byPhoto = Map.groupBy(photos.keys(), (face) => photos[face]!);
  for (const faces of byPhoto.values()) {
    for (let i = 1; i < faces.length; i++) {
      for (let j = 0; j < i; j++) {
        const a = faces[j]!;
        const b = faces[i]!;
        if (!allowed.has(pairKey(a, b, photos.length))) pairs.push([a, b]);
      }
    }
  }
  const offsets = new Uint32Array(photos.length + 1);
  for (const pair of pairs) for (const face of pair) offsets[face + 1]! += 1;
  for (let i = 0; i < photos.length; i++) offsets[i + 1]! += offsets[i]!;
  const ids = new Int32Array(pairs.length * 2);
  const next = offsets.slice(0, photos.length);
  for (const [a, b] of pairs) {
    ids[next[a]!++] = b;
    ids[next[b]!++] = a;
  }
  return { offsets, ids };
}

/** Visits the root of every group that the group of `root` must stay apart from, some of them more than once. */
export function eachApart(groups: Groups, { offsets, ids }: Apart, root: number, visit: (other: number) => void): void {
  groups.eachMember(root, (member) => {
    for (let k = offsets[member]!; k < offsets[member + 1]!; k++) {
      const other = groups.rootOf(ids[k]!);
      if (other !== root) visit(other);
    }
  });
}

function pairKey(a: number, b: number, count: number): number {
  return Math.min(a, b) * count + Math.max(a, b);
}
