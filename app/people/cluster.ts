import { contract, listApart, type FacePair, type PairConstraints } from './constraints.ts';
import { GroupSums, type EmbeddingRows } from './group-sums.ts';
import { joinPoor } from './joining.ts';
import { linkByAverage, type Merge } from './linkage.ts';
import type { Neighbours } from './neighbours.ts';

/** Faces in columns, one entry (or row) per face. */
export interface FaceSet extends EmbeddingRows {
  /** The photo each face is in. */
  photos: Int32Array;
  /** 1 for a face good enough to found a group; 0 for a poor one, which can only join. */
  founding: Uint8Array;
}

export interface ClusterOptions extends PairConstraints {
  /** Squared L2 (0..4): groups unite while their average distance is under it. */
  threshold: number;
}

export interface Clustering {
  /** Per face, the smallest index in its group. */
  labels: Int32Array;
  /** `different` pairs that the `same` pairs contradict. They are in one group; all other constraints hold. */
  contradictions: FacePair[];
  /** What average linkage united, in order; poor faces and `same` pairs join without. */
  merges: Merge[];
}

/**
 * Groups faces into people by constrained average linkage. Pure and deterministic: equal input gives equal output, and the
 * partition does not depend on the order of the faces, except where two distances are exactly equal.
 *
 * First, `same` pairs are united. Then groups with a founding face are linked, nearest first, never uniting a `different`
 * pair or two faces of one photo. At last poor faces join the nearest group, and those that join none are left alone.
 *
 * @param neighbours graph of the same faces, of a radius of at least the threshold
 */
export function clusterFaces(faces: FaceSet, neighbours: Neighbours, options: ClusterOptions): Clustering {
  const { threshold } = options;
  const count = faces.photos.length;
  if (neighbours.offsets.length !== count + 1) throw new RangeError('the neighbours are those of other faces');
  if (threshold > neighbours.radius)
    throw new RangeError(`the neighbours reach ${neighbours.radius}, not ${threshold}`);
  const { groups, contradictions } = contract(count, options);
  const sums = new GroupSums(faces, groups, faces.founding);
  const apart = listApart(faces.photos, options);
  const input = { groups, sums, founding: faces.founding, neighbours, apart, threshold };
  const merges = linkByAverage(input);
  joinPoor(input);
  return { labels: groups.labels(), contradictions, merges };
}
