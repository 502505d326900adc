import type { FaceIndex } from './face-index.ts';

/** The faces of a library as a search sees them, row by row as in the index. */
export interface SearchedFaces {
  index: FaceIndex;
  /** 1 for a face that may be found. */
  shown: Uint8Array;
  /** Row of the photo, any number for a face that is not shown. */
  photos: Int32Array;
  /** Number of the person that somebody said the face is; -1 for none. */
  confirmed: Int32Array;
}

/** A face that is searched for. */
export interface QueryPerson {
  /** Unit vector. */
  vector: Float32Array;
  /** Number of the person that it is taken for; -1 for nobody who is known. */
  person: number;
  /** Rows of the faces that were said to be that person. */
  confirmed: Int32Array;
  /** Rows of the faces that were said not to be. */
  rejected: Int32Array;
}

/** A row that was found. */
export interface RankedFace {
  row: number;
  /** Squared L2 (0..4), see `FaceMatch` in the contract. */
  distance: number;
  /** To the face that is searched for itself: of those equally near, as confirmed ones are, the likest come first. */
  own: number;
  /** Which of the faces that are searched for. */
  query: number;
  /** Somebody said that it is another person, so that it comes after all others. */
  behind: boolean;
}

export interface Ranking {
  /** Nearest first. */
  matches: RankedFace[];
  /** How many of them are under the threshold, without those behind. */
  within: number;
}

export interface RankOptions {
  /** Squared L2 (0..4). */
  threshold: number;
  /** How many to give beyond those under the threshold. */
  limit: number;
}

/** With how many of a person's confirmed faces all faces are compared; they differ little, and each costs a search. */
const mostProbes = 8;
/** With how many of them what was found is compared. */
const mostCompared = 100;
const firstNearest = 256;
/** Photos of several people are not looked for beyond so many faces that are nearest to each, but for those under the threshold. */
const mostNearest = 2048;

/**
 * Ranks faces by how near they are to one that is searched for, or to the nearest face that was confirmed to be its person.
 * The order is exact with regard to the faces that the index is asked with.
 */
export function rankFaces(faces: SearchedFaces, query: QueryPerson, { threshold, limit }: RankOptions): Ranking {
  const distances = new Distances(faces, query, threshold);
  let matches: RankedFace[];
  let within: number;
  do {
    matches = sorted(distances.found(0));
    within = matches.findIndex(({ behind, distance }) => behind || distance >= threshold);
    if (within < 0) within = matches.length;
    // Beyond the radius others may be nearer than what was found.
  } while (
    (distances.radius < threshold ||
      matches.filter(({ behind, distance }) => !behind && distance <= distances.radius).length < within + limit) &&
    distances.widen()
  );
  return { matches: matches.slice(0, within + limit), within };
}

/**
 * Finds the photos that show all of several people. Each face of a photo stands for one of them at the most; the farthest
 * match ranks the photo.
 */
export function rankTogether(
  faces: SearchedFaces,
  queries: readonly QueryPerson[],
  { threshold, limit }: RankOptions,
): Ranking {
  const distances = queries.map((query) => new Distances(faces, query, threshold));
  for (;;) {
    const byPhoto = Map.groupBy(
      distances.flatMap((found, query) => found.found(query)),
      ({ row }) => faces.photos[row]!,
    );
    const groups = [...byPhoto.values()].flatMap((found) => assign(found, queries.length) ?? []);
    groups.sort(
      (a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance || a.rows[0]!.row - b.rows[0]!.row,
    );
    const within = groups.filter(({ behind, distance }) => !behind && distance < threshold);
    const radius = Math.min(...distances.map((found) => found.radius));
    const looked = Math.min(...distances.map((found) => found.nearest));
    const enough =
      looked >= mostNearest ||
      groups.filter(({ behind, distance }) => !behind && distance <= radius).length >= within.length + limit;
    if ((radius >= threshold && enough) || !distances.map((found) => found.widen()).includes(true)) {
      return {
        matches: groups.slice(0, within.length + limit).flatMap(({ rows }) => rows),
        within: within.length * queries.length,
      };
    }
  }
}

/** The distances of one query to the faces near it, as far out as has been looked. */
class Distances {
  readonly #faces: SearchedFaces;
  readonly #query: QueryPerson;
  readonly #threshold: number;
  readonly #probes: readonly Float32Array[];
  readonly #compared: readonly Float32Array[];
  readonly #rejected: ReadonlySet<number>;
  readonly #known = new Map<number, { distance: number; own: number }>();
  /** How many beyond the threshold have been looked for. */
  nearest = 0;
  /** Squared L2 within which every face has been seen. */
  radius = 0;

  constructor(faces: SearchedFaces, query: QueryPerson, threshold: number) {
    this.#faces = faces;
    this.#query = query;
    this.#threshold = threshold;
    this.#rejected = new Set(query.rejected);
    const { embeddings } = faces.index;
    const dimension = query.vector.length;
    const vectorsOf = (most: number): Float32Array[] =>
      spread(query.confirmed, most).map((row) => embeddings.slice(row * dimension, (row + 1) * dimension));
    this.#compared = vectorsOf(mostCompared);
    this.#probes = [query.vector, ...vectorsOf(mostProbes)];
    this.widen();
  }

  /** Looks farther. @returns false where everything has been seen */
  widen(): boolean {
    const { index, shown } = this.#faces;
    if (this.nearest >= index.count) return false;
    this.nearest = Math.min(index.count, Math.max(firstNearest, this.nearest * 8));
    const { rows, distances } = index.nearestToAny(this.#probes, this.nearest, this.#threshold);
    this.radius = rows.length < index.count ? distances.at(-1)! : Infinity;
    this.#judge(rows.filter((row) => shown[row] === 1 && !this.#known.has(row)));
    return true;
  }

  found(query: number): RankedFace[] {
    return [...this.#known].map(([row, known]) => ({ row, ...known, query, behind: this.#isBehind(row) }));
  }

  #judge(rows: Int32Array): void {
    const { index } = this.#faces;
    const confirmed = new Set(this.#query.confirmed);
    const own = index.distancesToAny([this.#query.vector], rows);
    const nearest = index.distancesToAny(this.#compared, rows);
    for (const [i, row] of rows.entries()) {
      this.#known.set(row, { distance: confirmed.has(row) ? 0 : Math.min(own[i]!, nearest[i]!), own: own[i]! });
    }
  }

  #isBehind(row: number): boolean {
    const { person } = this.#query;
    if (person < 0) return false;
    const said = this.#faces.confirmed[row]!;
    return (said >= 0 && said !== person) || this.#rejected.has(row);
  }
}

/**
 * Gives every query a face of its own, such that the farthest is as near as can be.
 *
 * @returns undefined where the photo does not show all of them
 */
function assign(
  found: readonly RankedFace[],
  queries: number,
): { rows: RankedFace[]; distance: number; behind: boolean } | undefined {
  if (found.length < queries) return undefined;
  const edges = found.toSorted(
    (a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance || a.row - b.row,
  );
  const taken = new Map<number, RankedFace>();
  const open: RankedFace[][] = Array.from({ length: queries }, () => []);
  const given = new Set<number>();
  // Pairs come in from the nearest on, until everybody can have a face (Kuhn's augmenting paths).
  const augment = (query: number, seen: Set<number>): boolean => {
    for (const edge of open[query]!) {
      if (seen.has(edge.row)) continue;
      seen.add(edge.row);
      const holder = taken.get(edge.row);
      if (holder && !augment(holder.query, seen)) continue;
      taken.set(edge.row, edge);
      return true;
    }
    return false;
  };
  for (const edge of edges) {
    open[edge.query]!.push(edge);
    for (let query = 0; query < queries; query++) {
      if (!given.has(query) && augment(query, new Set())) given.add(query);
    }
    if (given.size < queries) continue;
    const rows = [...taken.values()].sort((a, b) => a.query - b.query);
    return {
      rows,
      distance: Math.max(...rows.map(({ distance }) => distance)),
      behind: rows.some(({ behind }) => behind),
    };
  }
  return undefined;
}

function sorted(matches: RankedFace[]): RankedFace[] {
  return matches.sort(
    (a, b) => Number(a.behind) - Number(b.behind) || a.distance - b.distance || a.own - b.own || a.row - b.row,
  );
}

/** At most so many of the rows, evenly from all over. */
function spread(rows: Int32Array, most: number): number[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!);
}
