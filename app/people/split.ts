import type { FaceSet } from './cluster.ts';
import type { Dendrogram } from './dendrogram.ts';
import { distanceTo, meanOf } from './group-means.ts';
import { typicalFirst } from './review.ts';

/** More strips than this cannot be taken in at once. */
const mostStrips = 6;

/**
 * Proposes how a group may fall apart: along the last merges of average linkage, the farthest first.
 *
 * @param group indices of faces
 * @param base per face, the smallest face of the group it was linked into
 * @param from squared L2 (0..4): merges nearer than this are not doubted
 * @returns strips of faces, the largest first, each with its most typical face first; one strip where nothing is doubtful
 */
export function proposeStrips(
  faces: FaceSet,
  group: readonly number[],
  base: Int32Array,
  dendrogram: Dendrogram,
  from: number,
): number[][] {
  const members = new Set(group);
  const topOf = (face: number): number => dendrogram.nodeUnder(face, Infinity);
  // Groups that were linked into one, or put together by decisions, may be several trees.
  const nodes = new Set(group.map(topOf));
  const heightOf = (node: number): number =>
    node < dendrogram.count ? 0 : dendrogram.merges[node - dendrogram.count]!.distance;
  while (nodes.size < mostStrips) {
    const highest = [...nodes].reduce((best, node) => (heightOf(node) > heightOf(best) ? node : best));
    if (heightOf(highest) < from) break;
    nodes.delete(highest);
    nodes.add(dendrogram.left[highest - dendrogram.count]!).add(dendrogram.right[highest - dendrogram.count]!);
  }
  const strips = [...nodes].map((node) => dendrogram.facesOf(node).filter((face) => members.has(face)));
  const filled = strips.filter((strip) => strip.length > 0);
  // Poor faces joined their group without linkage; by themselves they say nothing.
  const isAlone = (strip: readonly number[]): boolean =>
    strip.length === 1 && !faces.founding[strip[0]!] && base[strip[0]!] !== strip[0];
  const poor = filled.filter(isAlone).flat();
  const kept = filled.filter((strip) => !isAlone(strip));
  if (kept.length === 0) return [typicalFirst(faces, group)];
  const means = kept.map((strip) => meanOf(faces, strip));
  for (const face of poor) {
    const distances = means.map((mean) => distanceTo(faces, face, mean));
    kept[distances.indexOf(Math.min(...distances))]!.push(face);
  }
  return kept.map((strip) => typicalFirst(faces, strip)).sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}
