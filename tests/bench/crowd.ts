import { makeFaces, type SyntheticFaces } from '../support/synthetic-faces.ts';

/** Squared L2 at which the made-up faces are grouped. */
export const threshold = 0.12;

/**
 * Faces as a family's library has them: a few people in very many photos, and a long tail of people seen once. Each face is
 * in a photo of its own, so that methods without constraints can be compared.
 */
export function crowd(count: number): SyntheticFaces {
  const sizes: number[] = [];
  for (let left = count; left > 0;) {
    const size = Math.max(1, Math.min(left, Math.floor((count * 0.12) / (sizes.length + 1) ** 1.1)));
    sizes.push(size);
    left -= size;
  }
  return makeFaces({ sizes, seed: count, spread: 0.55 });
}
