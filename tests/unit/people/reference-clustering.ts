import type { ClusterOptions, FaceSet } from '../../../app/people/cluster.ts';

/** Squared L2 between unit vectors; by the dot product, as rows of float32 are of unit length to seven digits only. */
export function distanceOf({ embeddings, dimension }: FaceSet, a: number, b: number): number {
  let dot = 0;
  for (let k = 0; k < dimension; k++) dot += embeddings[a * dimension + k]! * embeddings[b * dimension + k]!;
  return 2 - 2 * dot;
}

/**
 * Constrained average linkage straight from its definition: every step averages all pairs of all groups anew. Returns
 * groups as sorted lists. For input without contradictions.
 */
export function clusterByDefinition(
  faces: FaceSet,
  { threshold, same = [], different = [], samePhoto = [] }: ClusterOptions,
): number[][] {
  const { photos, founding } = faces;
  const apart = (a: number, b: number): boolean => {
    const is = ([x, y]: readonly [number, number]): boolean => (x === a && y === b) || (x === b && y === a);
    return different.some(is) || (photos[a] === photos[b] && !samePhoto.some(is));
  };
  const free = (a: number[], b: number[]): boolean => !a.some((x) => b.some((y) => apart(x, y)));
  const counting = (group: number[]): number[] => {
    const good = group.filter((face) => founding[face]);
    return good.length > 0 ? good : group;
  };
  const average = (a: number[], b: number[]): number => {
    const distances = counting(a).flatMap((x) => counting(b).map((y) => distanceOf(faces, x, y)));
    return distances.reduce((sum, d) => sum + d, 0) / distances.length;
  };

  let groups = [...photos.keys()].map((face) => [face]);
  const join = (a: number[], b: number[]): void => {
    groups = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]];
  };
  for (const [a, b] of same) {
    const [left, right] = [a, b].map((face) => groups.find((group) => group.includes(face))!);
    if (left !== right) join(left!, right!);
  }

  const isFounded = (group: number[]): boolean => group.some((face) => founding[face]);
  for (;;) {
    const founded = groups.filter(isFounded);
    const pairs = founded.flatMap((a, i) => founded.slice(0, i).map((b) => ({ a, b, distance: average(a, b) })));
    const nearest = pairs
      .filter(({ a, b, distance }) => distance < threshold && free(a, b))
      .sort((p, q) => p.distance - q.distance)[0];
    if (!nearest) break;
    join(nearest.a, nearest.b);
  }

  // Poor units: again and again the nearest allowed pair of a unit and a group, by distance to the group's founding faces.
  for (;;) {
    const pairs = groups
      .filter((group) => !isFounded(group))
      .flatMap((a) => groups.filter(isFounded).map((b) => ({ a, b, distance: average(a, b) })));
    const nearest = pairs
      .filter(({ a, b, distance }) => distance < threshold && free(a, b))
      .sort((p, q) => p.distance - q.distance)[0];
    if (!nearest) break;
    join(nearest.a, nearest.b);
  }
  return normalize(groups);
}

/** Groups of faces by label, as sorted lists in a fixed order. */
export function groupsOf(labels: ArrayLike<number>): number[][] {
  return normalize([...Map.groupBy(Array.from(labels).keys(), (face) => labels[face]!).values()]);
}

export function normalize(groups: readonly (readonly number[])[]): number[][] {
  return groups.map((group) => [...group].sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!);
}
