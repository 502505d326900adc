/** A face of somebody who has so many says whether another one lies with them. */
const fewestFaces = 3;

/** Of the confirmed faces so many are poor at most: where all photos are, they are what there is to learn from. */
const mostPoor = 0.1;

/**
 * Which confirmed faces may be anchors and negatives. Poor ones, and those that may be mislabelled, are what is hardest, and
 * are only pulled towards their person, so that they do not dominate the training. A face may be mislabelled where its median
 * distance to somebody else's faces is smaller than to its own person's.
 *
 * @param distances squared L2 (0..4) between the faces, `[count, count]`
 * @param people person of each, 0 or more
 * @param quality 0..1
 * @param leastQuality under which a face is poor, if it is among the poorest tenth
 * @returns per face 1 where it is trusted
 */
export function trustedFaces(
  distances: Float32Array,
  people: Int32Array,
  quality: Float32Array,
  leastQuality: number,
): Uint8Array {
  const count = people.length;
  const rows = Map.groupBy(people.keys(), (row) => people[row]!);
  const poor = Math.min(leastQuality, quality.toSorted()[Math.ceil(mostPoor * count)] ?? 0);
  return Uint8Array.from({ length: count }, (_, face) => {
    if (quality[face]! < poor) return 0;
    const own = rows.get(people[face]!)!;
    if (own.length < fewestFaces) return 1;
    const medianTo = (others: readonly number[]): number => {
      const sorted = others.filter((row) => row !== face).map((row) => distances[face * count + row]!);
      sorted.sort((a, b) => a - b);
      return sorted[sorted.length >> 1]!;
    };
    const toOwn = medianTo(own);
    for (const [person, others] of rows) {
      if (person !== people[face] && others.length >= fewestFaces && medianTo(others) < toOwn) return 0;
    }
    return 1;
  });
}
