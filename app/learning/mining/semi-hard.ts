import { rowsOfPeople, TripletList, type Miner } from './triplets.ts';

/**
 * All anchor-positive pairs, each with its hardest semi-hard negative: the nearest one that is farther from the anchor than the
 * positive, yet by less than the margin, d²(a,p) < d²(a,n) < d²(a,p) + margin (Schroff et al., FaceNet, 2015, section 3.2). Of
 * equally near ones the first row is taken; a pair without such a negative gives no triplet.
 *
 * Instead of looking at all negatives for each pair, each negative is put once between the anchor's positives, sorted by
 * distance: O(n · negatives · log positives).
 */
export const mineSemiHard: Miner = ({ distances, labels, trusted }, margin) => {
  const count = labels.length;
  const list = new TripletList();
  for (const [label, rows] of rowsOfPeople(labels)) {
    for (const anchor of rows) {
      if (trusted?.[anchor] === 0) continue;
      const start = anchor * count;
      const positives = rows.filter((row) => row !== anchor && !Number.isNaN(distances[start + row]!));
      if (positives.length === 0) continue;
      positives.sort((a, b) => distances[start + a]! - distances[start + b]! || a - b);
      const steps = Float32Array.from(positives, (row) => distances[start + row]!);
      const nearest = nearestBeyond(steps, steps.at(-1)! + margin, (visit) => {
        for (let row = 0; row < count; row++) {
          if (labels[row] !== label && trusted?.[row] !== 0) visit(row, distances[start + row]!);
        }
      });
      for (const [i, positive] of positives.entries()) {
        const negative = nearest[i]!;
        if (negative >= 0 && distances[start + negative]! < steps[i]! + margin) list.add(anchor, positive, negative);
      }
    }
  }
  return list.triplets();
};

/**
 * @param steps ascending
 * @param limit what is not nearer is left out
 * @returns for each step the row with the smallest distance beyond it, or -1
 */
function nearestBeyond(
  steps: Float32Array,
  limit: number,
  each: (visit: (row: number, distance: number) => void) => void,
): Int32Array {
  const rows = new Int32Array(steps.length).fill(-1);
  const smallest = new Float32Array(steps.length).fill(Infinity);
  each((row, distance) => {
    if (!(distance < limit) || !(distance > steps[0]!)) return;
    // The last step that it lies beyond.
    let low = 0;
    let high = steps.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (steps[middle]! < distance) low = middle;
      else high = middle - 1;
    }
    if (distance < smallest[low]!) {
      smallest[low] = distance;
      rows[low] = row;
    }
  });
  // What lies beyond a step lies beyond those before it too.
  for (let i = steps.length - 2; i >= 0; i--) {
    const isNearer = smallest[i + 1]! < smallest[i]! || (smallest[i + 1] === smallest[i] && rows[i + 1]! < rows[i]!);
    if (rows[i + 1]! >= 0 && isNearer) {
      smallest[i] = smallest[i + 1]!;
      rows[i] = rows[i + 1]!;
    }
  }
  return rows;
}
