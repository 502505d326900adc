export interface PrecisionRecall {
  precision: number;
  recall: number;
  /** Harmonic mean of the two. */
  f: number;
}

export interface ClusteringScores {
  /** Over pairs of faces: of those grouped together, how many belong together, and the other way round. */
  pairwise: PrecisionRecall;
  /** The same per face, averaged over all faces (Bagga and Baldwin, 1998). */
  bcubed: PrecisionRecall;
  /** Mutual information over the arithmetic mean of the two entropies (0..1). */
  nmi: number;
  clusters: number;
  identities: number;
}

/**
 * Compares a grouping with the truth, from the counts of faces by cluster and identity. Where there is nothing to get
 * wrong (no pair grouped, no pair to group, no face), precision or recall is 1.
 *
 * @param labels per face, any number that tells its cluster
 * @param truth per face, any number that tells its identity
 */
export function clusteringScores(labels: ArrayLike<number>, truth: ArrayLike<number>): ClusteringScores {
  const count = labels.length;
  if (truth.length !== count) throw new RangeError(`${count} labels, but ${truth.length} true ones`);
  const clusters = new Map<number, number>();
  const identities = new Map<number, number>();
  const cells = new Map<number, Map<number, number>>();
  for (let i = 0; i < count; i++) {
    const cluster = labels[i]!;
    const identity = truth[i]!;
    increment(clusters, cluster);
    increment(identities, identity);
    let row = cells.get(cluster);
    if (!row) cells.set(cluster, (row = new Map<number, number>()));
    increment(row, identity);
  }

  let sharedPairs = 0;
  let precision = 0;
  let recall = 0;
  let information = 0;
  for (const [cluster, row] of cells) {
    for (const [identity, shared] of row) {
      const inCluster = clusters.get(cluster)!;
      const ofIdentity = identities.get(identity)!;
      sharedPairs += pairsOf(shared);
      precision += shared ** 2 / inCluster;
      recall += shared ** 2 / ofIdentity;
      information += (shared / count) * Math.log((shared * count) / (inCluster * ofIdentity));
    }
  }
  const groupedPairs = sumOver(clusters, pairsOf);
  const truePairs = sumOver(identities, pairsOf);
  const entropies = [clusters, identities].map((sizes) => sumOver(sizes, (n) => -(n / count) * Math.log(n / count)));
  const meanEntropy = (entropies[0]! + entropies[1]!) / 2;
  return {
    pairwise: withF(shareOf(sharedPairs, groupedPairs), shareOf(sharedPairs, truePairs)),
    bcubed: withF(shareOf(precision, count), shareOf(recall, count)),
    // Two groupings into one whole agree, though neither tells anything.
    nmi: meanEntropy > 0 ? Math.max(0, information / meanEntropy) : 1,
    clusters: clusters.size,
    identities: identities.size,
  };
}

function increment(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairsOf(n: number): number {
  return (n * (n - 1)) / 2;
}

function sumOver(sizes: ReadonlyMap<number, number>, term: (size: number) => number): number {
  let sum = 0;
  for (const size of sizes.values()) sum += term(size);
  return sum;
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 1;
}

function withF(precision: number, recall: number): PrecisionRecall {
  const sum = precision + recall;
  return { precision, recall, f: sum > 0 ? (2 * precision * recall) / sum : 0 };
}
