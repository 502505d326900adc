import { rowsOfPeople, TripletList, type Miner } from './triplets.ts';

/**
 * One triplet per anchor: its farthest positive and its nearest negative (Hermans et al., In Defense of the Triplet Loss,
 * 2017). Of equals the first row is taken. Mislabelled and poor faces dominate what is hardest, so they should not be trusted.
 */
export const mineBatchHard: Miner = ({ distances, labels, trusted }) => {
  const count = labels.length;
  const list = new TripletList();
  for (const [label, rows] of rowsOfPeople(labels)) {
    for (const anchor of rows) {
      if (trusted?.[anchor] === 0) continue;
      let positive = -1;
      let farthest = -Infinity;
      for (const row of rows) {
        const distance = distances[anchor * count + row]!;
        if (row !== anchor && distance > farthest) [positive, farthest] = [row, distance];
      }
      let negative = -1;
      let nearest = Infinity;
      for (let row = 0; row < count; row++) {
        const distance = distances[anchor * count + row]!;
        if (labels[row] === label || trusted?.[row] === 0) continue;
        if (distance < nearest) [negative, nearest] = [row, distance];
      }
      if (positive >= 0 && negative >= 0) list.add(anchor, positive, negative);
    }
  }
  return list.triplets();
};
