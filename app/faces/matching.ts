import type { RelativeBox } from '../contract/dto.ts';
import { iou } from './detection/box.ts';
import type { Box } from './detector.ts';

/** Boxes of one face by two detectors overlap by more than this (intersection over union), those of two faces by less. */
const sameFaceIou = 0.4;

/**
 * Finds faces again: pairs boxes with those of before, one to one, the best overlap first; of equals, in their order.
 *
 * @returns per found box, the place of the one of before that it is, or -1
 */
export function matchBoxes(found: readonly RelativeBox[], before: readonly RelativeBox[]): number[] {
  const toBox = ([x, y, width, height]: RelativeBox): Box => ({ x, y, width, height });
  const pairs = found.flatMap((box, i) =>
    before
      .map((other, j) => ({ i, j, overlap: iou(toBox(box), toBox(other)) }))
      .filter(({ overlap }) => overlap >= sameFaceIou),
  );
  pairs.sort((a, b) => b.overlap - a.overlap || a.i - b.i || a.j - b.j);
  const matched = new Array<number>(found.length).fill(-1);
  const taken = new Set<number>();
  for (const { i, j } of pairs) {
    if (matched[i] !== -1 || taken.has(j)) continue;
    matched[i] = j;
    taken.add(j);
  }
  return matched;
}
