import type { Box, Detection } from '../detector.ts';

/** Intersection over union, 0..1; 0 where either box is empty. */
export function iou(a: Box, b: Box): number {
  const shared = intersection(a, b);
  const union = a.width * a.height + b.width * b.height - shared;
  return shared > 0 && union > 0 ? shared / union : 0;
}

function intersection(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Greedy non-maximum suppression: keeps the best-scored box, drops those that overlap it, and so on.
 *
 * @param overlaps tells whether two boxes show the same face
 * @returns the kept items, best first
 */
export function suppress<T extends Detection>(items: readonly T[], overlaps: (a: T, b: T) => boolean): T[] {
  const kept: T[] = [];
  for (const item of items.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((other) => overlaps(other, item))) kept.push(item);
  }
  return kept;
}

/**
 * Weighted box fusion: boxes that overlap the best-scored one of a group are averaged with it, weighted by score, which
 * places the box better than the best one alone does.
 *
 * @param items all with points, or all without
 * @returns one box per group with the group's best score, best first
 */
export function fuseBoxes(items: readonly Detection[], minIou: number): Detection[] {
  const groups: Detection[][] = [];
  for (const item of items.toSorted((a, b) => b.score - a.score)) {
    const group = groups.find(([best]) => iou(best!, item) >= minIou);
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups.map((group) => {
    const total = group.reduce((sum, { score }) => sum + score, 0);
    const best = group[0]!;
    const mean = (pick: (box: Detection) => number): number =>
      group.reduce((sum, box) => sum + box.score * pick(box), 0) / total;
    return {
      ...(best.points && { points: best.points.map((_, i) => mean(({ points }) => points![i]!)) }),
      x: mean((box) => box.x),
      y: mean((box) => box.y),
      width: mean((box) => box.width),
      height: mean((box) => box.height),
      score: best.score,
    };
  });
}

/** The same box in an image that is `factor` times as large. */
export function scaleBox<T extends Box>(box: T, factor: number): T {
  return { ...box, x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor };
}
