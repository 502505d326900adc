import { rowsOfPeople, TripletList, type Miner } from './triplets.ts';

/** All anchor-positive pairs, each with one negative, drawn from all that violate the margin: d²(a,n) < d²(a,p) + margin. */
export const mineAnyViolator: Miner = ({ distances, labels, trusted }, margin, random) => {
  const count = labels.length;
  const list = new TripletList();
  for (const [label, rows] of rowsOfPeople(labels)) {
    for (const anchor of rows) {
      if (trusted?.[anchor] === 0) continue;
      for (const positive of rows) {
        if (positive === anchor) continue;
        const limit = distances[anchor * count + positive]! + margin;
        let chosen = -1;
        let seen = 0;
        for (let row = 0; row < count; row++) {
          if (labels[row] === label || trusted?.[row] === 0) continue;
          if (!(distances[anchor * count + row]! < limit)) continue;
          seen++;
          // Each of those seen so far is kept with the same probability (reservoir sampling).
          if (random() * seen < 1) chosen = row;
        }
        if (chosen >= 0) list.add(anchor, positive, chosen);
      }
    }
  }
  return list.triplets();
};
