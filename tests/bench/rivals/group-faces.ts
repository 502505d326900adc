/**
 * Groups made-up faces by one method, in a process of its own so that its memory can be told.
 *
 * Usage: node group-faces.ts METHOD FACES; prints {"seconds", "labels"}.
 */
import { clusterFaces } from '../../../app/people/cluster.ts';
import type { FacePair } from '../../../app/people/constraints.ts';
import { NeighbourGraph } from '../../../app/people/neighbours.ts';
import { createRandom } from '../../support/random.ts';
import type { SyntheticFaces } from '../../support/synthetic-faces.ts';
import { crowd, threshold } from '../crowd.ts';

type Method = (faces: SyntheticFaces) => Int32Array;

const methods: Record<string, Method> = {
  kindred: (faces) => clusterFaces(faces, neighboursOf(faces), { threshold }).labels,

  /** With decisions: a hundredth of the faces is tied to, and another kept apart from, some other face. */
  'kindred-decided': (faces) => {
    const random = createRandom(1);
    const count = faces.truth.length;
    const pairs = Array.from({ length: Math.ceil(count / 50) }, (): FacePair => {
      return [Math.floor(random() * count), Math.floor(random() * count)];
    });
    return clusterFaces(faces, neighboursOf(faces), {
      threshold,
      same: pairs.filter(([a, b]) => faces.truth[a] === faces.truth[b]),
      different: pairs.filter(([a, b]) => faces.truth[a] !== faces.truth[b]),
    }).labels;
  },

  /** Average linkage as in textbooks: all distances in a matrix, and at each step a search for the smallest one. */
  'full-matrix': (faces) => {
    const count = faces.truth.length;
    const distances = Float64Array.from({ length: count * count }, (_, i) =>
      distance(faces, Math.floor(i / count), i % count),
    );
    const labels = Int32Array.from({ length: count }, (_, i) => i);
    const sizes = new Float64Array(count).fill(1);
    const alive = [...labels];
    for (;;) {
      let nearest = threshold;
      let pair: [number, number] | undefined;
      for (let i = 1; i < alive.length; i++) {
        const row = alive[i]! * count;
        for (let j = 0; j < i; j++) {
          const d = distances[row + alive[j]!]!;
          if (d < nearest) {
            nearest = d;
            pair = [alive[j]!, alive[i]!];
          }
        }
      }
      if (!pair) return labels;
      const [a, b] = pair;
      for (const c of alive) {
        const d =
          (sizes[a]! * distances[a * count + c]! + sizes[b]! * distances[b * count + c]!) / (sizes[a]! + sizes[b]!);
        distances[a * count + c] = d;
        distances[c * count + a] = d;
      }
      sizes[a]! += sizes[b]!;
      alive.splice(alive.indexOf(b), 1);
      labels.forEach((label, face) => {
        if (label === b) labels[face] = a;
      });
    }
  },

  /** Whatever is connected by pairs under the threshold. */
  'single-linkage': (faces) => {
    const { offsets, ids } = neighboursOf(faces);
    const labels = new Int32Array(faces.truth.length).fill(-1);
    for (let start = 0; start < labels.length; start++) {
      if (labels[start] !== -1) continue;
      const stack = [start];
      labels[start] = start;
      for (let face = stack.pop(); face !== undefined; face = stack.pop()) {
        for (const other of ids.subarray(offsets[face], offsets[face + 1])) {
          if (labels[other] !== -1) continue;
          labels[other] = start;
          stack.push(other);
        }
      }
    }
    return labels;
  },
};

function neighboursOf({ embeddings, dimension }: SyntheticFaces): ReturnType<NeighbourGraph['within']> {
  const graph = new NeighbourGraph({ dimension, radius: threshold });
  graph.add(embeddings);
  return graph.within(threshold);
}

function distance({ embeddings, dimension }: SyntheticFaces, a: number, b: number): number {
  let dot = 0;
  for (let k = 0; k < dimension; k++) dot += embeddings[a * dimension + k]! * embeddings[b * dimension + k]!;
  return 2 - 2 * dot;
}

const [name = '', count = ''] = process.argv.slice(2);
const faces = crowd(Number(count));
const start = performance.now();
const labels = methods[name]!(faces);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, labels: [...labels] }));
