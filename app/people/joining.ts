import { eachApart } from './constraints.ts';
import type { LinkageInput } from './linkage.ts';

/**
 * Lets each group without a founding face join the nearest founded group under the threshold that it may join, the nearest
 * first; at equal distance, the one of the smallest member into the group of the smallest member. Who joins does not move
 * the group, so poor faces never bring others along. What joins nobody stays as it is.
 */
export function joinPoor({ groups, sums, founding, neighbours, apart, threshold }: LinkageInput): void {
  const { offsets, ids, truncated } = neighbours;
  const isRoot = (face: number): boolean => groups.rootOf(face) === face;
  const poor = [...founding.keys()].filter((face) => isRoot(face) && !sums.isFounded(face));
  const truncatedGroups = new Set<number>();
  for (const [face, good] of founding.entries()) {
    if (good && truncated[face]) truncatedGroups.add(groups.rootOf(face));
  }

  const offers: { unit: number; group: number; distance: number }[] = [];
  for (const unit of poor) {
    const near = new Set<number>();
    groups.eachMember(unit, (member) => {
      for (let k = offsets[member]!; k < offsets[member + 1]!; k++) near.add(groups.rootOf(ids[k]!));
      // Between truncated faces the graph may have left pairs out.
      if (truncated[member]) for (const group of truncatedGroups) near.add(group);
    });
    for (const group of near) {
      if (!sums.isFounded(group)) continue;
      const distance = sums.distance(unit, group);
      if (distance < threshold) offers.push({ unit, group, distance });
    }
  }

  offers.sort((a, b) => a.distance - b.distance || a.group - b.group || a.unit - b.unit);
  const placed = new Set<number>();
  for (const { unit, group } of offers) {
    if (placed.has(unit)) continue;
    // A poor face that is smaller than the group's smallest member has become its root.
    const target = groups.rootOf(group);
    let free = true;
    eachApart(groups, apart, unit, (other) => {
      if (other === target) free = false;
    });
    if (!free) continue;
    groups.unite(group, unit);
    placed.add(unit);
  }
}
