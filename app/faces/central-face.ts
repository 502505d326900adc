import type { RelativeBox } from '../contract/dto.ts';

/**
 * The face that a photo of one person is about: near the middle, and large where several are.
 *
 * @returns undefined when there are no faces
 */
export function centralFace<T extends { box: RelativeBox }>(faces: readonly T[]): T | undefined {
  let best: T | undefined;
  let bestCost = Infinity;
  for (const face of faces) {
    const [x, y, width, height] = face.box;
    const distance = Math.hypot(x + width / 2 - 0.5, y + height / 2 - 0.5);
    const cost = distance / Math.sqrt(width * height);
    if (cost < bestCost) {
      best = face;
      bestCost = cost;
    }
  }
  return best;
}
