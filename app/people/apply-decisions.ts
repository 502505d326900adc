import { clusterFaces, type FaceSet } from './cluster.ts';
import type { FacePair } from './constraints.ts';
import type { Dendrogram } from './dendrogram.ts';
import { distanceBetween, distanceTo, meanOf, type GroupMean } from './group-means.ts';
import { Groups } from './groups.ts';
import type { Neighbours } from './neighbours.ts';
import { Ties, type Statements } from './ties.ts';

export interface ApplyInput {
  faces: FaceSet;
  /** Per face, the smallest face of its group, as linked without decisions. */
  base: Int32Array;
  /** Graph of the same faces, of a radius of at least the threshold. */
  neighbours: Neighbours;
  statements: Statements;
  /** Per face, the day of its photo, see {@link Ties}. */
  days: Int32Array;
  /** What the groups were linked by. */
  dendrogram: Dendrogram;
  /** Squared L2 (0..4), the one that the groups were made with. */
  threshold: number;
  /** Kept from one call to the next for the same groups: what was linked anew before need not be again. */
  relinked?: Relinked;
}

/** Groups that were linked anew, by the faces and what was said of them. */
export type Relinked = Map<string, number[][]>;

/**
 * Applies what was said about faces to groups that average linkage made without knowing of it.
 *
 * Decisions work on whole groups and change nothing else. What is said to be one person brings along the groups that the
 * faces are in. A group that holds faces of different people is linked anew by itself, under these constraints. A face
 * that is not its person leaves. What was taken out joins the next best group under the threshold. Whoever is much nearer
 * to one known person than to all others becomes that person. So an answer never disturbs what was right elsewhere, and
 * independent decisions give the same people in any order.
 *
 * Every tie holds in the result: faces that are the same person share a group, faces that are not never do, unless what
 * was said contradicts itself; then what ties faces together outranks what keeps them apart.
 *
 * @returns per face, the smallest face of its group; -1 for a face that is set aside
 */
export function applyDecisions(input: ApplyInput): Int32Array {
  const application = new Application(input);
  application.cutGroups();
  application.uniteGroups();
  application.settleReleased();
  application.recogniseKnown();
  return application.labels();
}

/**
 * As shares of the threshold: faces nearer than this to one another share a prototype; how near a group must be to a
 * prototype to be recognised; and by how much nearer than to anybody else's. Of the groups that pass on albums of `lfw-dev`
 * three in four are right.
 */
const prototypesUnder = 0.6;
const recogniseUnder = 0.8;
const recogniseMargin = 0.25;

class Application {
  readonly #faces: FaceSet;
  readonly #base: Int32Array;
  readonly #neighbours: Neighbours;
  readonly #ties: Ties;
  readonly #dendrogram: Dendrogram;
  readonly #threshold: number;
  readonly #relinkedBefore: Relinked;
  /** Of those, the ones that are still of use. */
  readonly #relinked: Relinked = new Map();
  /** Faces by group; empty where a group has become part of another. */
  readonly #groups: number[][] = [];
  /** Per face, its group; -1 for a face that is set aside. */
  readonly #groupOf: Int32Array;
  readonly #means = new Map<number, GroupMean>();
  /** Groups that were taken out of others and look for a new place. */
  readonly #released = new Set<number>();

  constructor({ faces, base, neighbours, statements, days, dendrogram, threshold, relinked = new Map() }: ApplyInput) {
    this.#faces = faces;
    this.#base = base;
    this.#neighbours = neighbours;
    this.#ties = new Ties({ photos: faces.photos, days }, statements);
    this.#dendrogram = dendrogram;
    this.#threshold = threshold;
    this.#relinkedBefore = relinked;
    this.#groupOf = new Int32Array(base.length).fill(-1);
  }

  /** Takes over the groups, those cut up in which decisions do not leave everybody together. */
  cutGroups(): void {
    const members = new Map<number, number[]>();
    this.#base.forEach((label, face) => {
      if (this.#ties.isAway(face)) return;
      const group = members.get(label);
      if (group) group.push(face);
      else members.set(label, [face]);
    });
    for (const group of members.values()) this.#cut(group);
    this.#relinkedBefore.clear();
    for (const [key, parts] of this.#relinked) this.#relinkedBefore.set(key, parts);
  }

  #cut(group: number[]): void {
    const ties = this.#ties;
    const knots = ties.knotsAmong(group);
    if (knots.length === 0) {
      this.#add(group);
      return;
    }
    const leaving = new Set(ties.leavingAmong(knots));
    const leaves = (face: number): boolean => ties.isDecided(face) && leaving.has(ties.knotOf(face));
    for (const gone of Map.groupBy(group.filter(leaves), (face) => ties.knotOf(face)).values()) this.#release(gone);
    const staying = group.filter((face) => !leaves(face));
    if (staying.length === 0) return;
    const apart = ties.apartPairs(knots.filter((knot) => !leaving.has(knot)));
    if (apart.length === 0) this.#add(this.#withoutEarly(staying));
    else for (const part of this.#relink(staying, apart)) this.#release(this.#withoutEarly(part));
  }

  /** Releases faces from before the birth of a known person in the group. @returns the others */
  #withoutEarly(group: number[]): number[] {
    const ties = this.#ties;
    const owned = ties.knotsAmong(group).filter((knot) => ties.isOwned(knot));
    const isEarly = (face: number): boolean => owned.some((knot) => ties.isBeforeBirth(face, knot));
    const early = new Set(group.filter((face) => !ties.isDecided(face) && isEarly(face)));
    for (const face of early) this.#release([face]);
    return early.size === 0 ? group : group.filter((face) => !early.has(face));
  }

  /** Links the faces of one group anew. */
  #relink(group: number[], apartKnots: readonly FacePair[]): number[][] {
    const ties = this.#ties;
    const indexOf = new Map(group.map((face, index) => [face, index]));
    // The face that a knot goes by need not be in this group.
    const byKnot = Map.groupBy(
      group.filter((face) => ties.isDecided(face)),
      (face) => ties.knotOf(face),
    );
    const toIndices = ([a, b]: FacePair): FacePair => [indexOf.get(a)!, indexOf.get(b)!];
    const constraints = {
      same: [...byKnot.values()].flatMap(([first, ...others]) => others.map((face) => toIndices([first!, face]))),
      different: apartKnots.map(([a, b]) => toIndices([byKnot.get(a)![0]!, byKnot.get(b)![0]!])),
      samePhoto: ties.samePhotoPairs(group).map(toIndices),
    };
    const key = JSON.stringify([group, constraints]);
    let parts = this.#relinkedBefore.get(key);
    if (!parts) {
      const near = restrict(this.#neighbours, group, indexOf);
      const { labels } = clusterFaces(this.#subset(group), near, { threshold: this.#threshold, ...constraints });
      parts = [...Map.groupBy(group, (face) => labels[indexOf.get(face)!]!).values()];
    }
    this.#relinked.set(key, parts);
    // The groups grow and shrink from here on.
    return parts.map((part) => [...part]);
  }

  #subset(group: readonly number[]): FaceSet {
    const { embeddings, dimension, photos, founding } = this.#faces;
    const subset = new Float32Array(group.length * dimension);
    group.forEach((face, index) => {
      subset.set(embeddings.subarray(face * dimension, (face + 1) * dimension), index * dimension);
    });
    return {
      embeddings: subset,
      dimension,
      photos: Int32Array.from(group, (face) => photos[face]!),
      founding: Uint8Array.from(group, (face) => founding[face]!),
    };
  }

  /** Unites the groups that hold faces of one person. */
  uniteGroups(): void {
    const united = new Groups(this.#groups.length);
    for (const [a, b] of this.#ties.samePairs()) united.unite(this.#groupOf[a]!, this.#groupOf[b]!);
    const parts = Map.groupBy(this.#groups.keys(), (group) => united.rootOf(group));
    for (const groups of parts.values()) if (groups.length > 1) this.#join(groups);
  }

  /** Makes one group of several; who cannot be part of it is released. */
  #join(groups: number[]): void {
    const all = groups.flatMap((group) => this.#groups[group]!);
    for (const group of groups) {
      this.#groups[group] = [];
      this.#released.delete(group);
    }
    const outcasts = this.#outcasts(all);
    for (const faces of outcasts) this.#release(faces);
    const cast = new Set(outcasts.flat());
    const fitting = this.#withoutEarly(all.filter((face) => !cast.has(face)));
    const surplus = new Set(this.#surplus(fitting));
    for (const face of surplus) this.#release([face]);
    this.#add(fitting.filter((face) => !surplus.has(face)));
  }

  /**
   * Knots that stand against a weightier one, by what was said or by a photo that they share: a known person, or failing
   * that the one of most faces, stays.
   */
  #outcasts(faces: readonly number[]): number[][] {
    const ties = this.#ties;
    const knots = [
      ...Map.groupBy(
        faces.filter((face) => ties.isDecided(face)),
        (face) => ties.knotOf(face),
      ),
    ].sort(
      ([a, facesOfA], [b, facesOfB]) =>
        Number(ties.isOwned(b)) - Number(ties.isOwned(a)) || facesOfB.length - facesOfA.length || a - b,
    );
    const kept: number[] = [];
    const byPhoto = new Map<number, number[]>();
    const cast: number[][] = [];
    for (const [knot, members] of knots) {
      if (kept.some((other) => ties.areApart(knot, other)) || !this.#maySharePhotos(members, byPhoto)) {
        cast.push(members);
        continue;
      }
      kept.push(knot);
      for (const face of members) {
        const photo = this.#faces.photos[face]!;
        byPhoto.set(photo, [...(byPhoto.get(photo) ?? []), face]);
      }
    }
    return cast;
  }

  /** Faces that share a photo with another face of the group and fit less well; what was decided stays. */
  #surplus(group: readonly number[]): number[] {
    const ties = this.#ties;
    const crowded = [...Map.groupBy(group, (face) => this.#faces.photos[face]!).values()].filter(
      (faces) => faces.length > 1,
    );
    if (crowded.length === 0) return [];
    const mean = meanOf(this.#faces, group);
    return crowded.flatMap((faces) => {
      const ranked = [...faces].sort(
        (a, b) =>
          Number(ties.isDecided(b)) - Number(ties.isDecided(a)) ||
          distanceTo(this.#faces, a, mean) - distanceTo(this.#faces, b, mean) ||
          a - b,
      );
      const kept: number[] = [];
      for (const face of ranked) if (kept.every((other) => ties.maySharePhoto(face, other))) kept.push(face);
      return faces.filter((face) => !kept.includes(face));
    });
  }

  /** Lets what was taken out join the nearest group under the threshold that it may join; the largest go first. */
  settleReleased(): void {
    const waiting = [...this.#released].sort((a, b) => {
      const [facesOfA, facesOfB] = [this.#groups[a]!, this.#groups[b]!];
      return facesOfB.length - facesOfA.length || facesOfA[0]! - facesOfB[0]!;
    });
    for (const group of waiting) this.#settle(group);
  }

  #settle(group: number): void {
    const faces = this.#groups[group]!;
    const mean = this.#meanOf(group);
    let best = -1;
    let bestDistance = this.#threshold;
    for (const other of this.#groupsNear(faces)) {
      if (other === group) continue;
      const distance = distanceBetween(mean, this.#meanOf(other));
      if (!(distance < bestDistance || (distance === bestDistance && best >= 0 && other < best))) continue;
      if (!this.#mayUnite(faces, this.#groups[other]!)) continue;
      [best, bestDistance] = [other, distance];
    }
    if (best >= 0) this.#moveInto(group, best);
  }

  #moveInto(group: number, into: number): void {
    const faces = this.#groups[group]!;
    this.#groups[into]!.push(...faces);
    this.#groups[group] = [];
    this.#means.delete(into);
    for (const face of faces) this.#groupOf[face] = into;
  }

  /**
   * Lets groups without a known person join the one that they are near to some side of, when nobody else is nearly as near.
   * A person has several prototypes, such as with and without glasses, or at several ages: the means of those of the
   * person's faces that average linkage put together early.
   */
  recogniseKnown(): void {
    const known = new Map<number, GroupMean[]>();
    this.#groups.forEach((faces, group) => {
      if (this.#ties.knotsAmong(faces).some((knot) => this.#ties.isOwned(knot))) {
        known.set(group, this.#prototypesOf(faces));
      }
    });
    if (known.size === 0) return;
    const found: { group: number; into: number; distance: number }[] = [];
    this.#groups.forEach((faces, group) => {
      if (faces.length === 0 || known.has(group)) return;
      const mean = this.#meanOf(group);
      const near = [...this.#groupsNear(faces)].flatMap((into) => {
        const prototypes = known.get(into) ?? [];
        const distance = Math.min(...prototypes.map((prototype) => distanceBetween(mean, prototype)));
        return prototypes.length > 0 ? [{ group, into, distance }] : [];
      });
      const [best, second] = near.sort((a, b) => a.distance - b.distance || a.into - b.into);
      if (!best || best.distance >= recogniseUnder * this.#threshold) return;
      const margin = (second?.distance ?? this.#threshold) - best.distance;
      if (margin >= recogniseMargin * this.#threshold) found.push(best);
    });
    found.sort((a, b) => a.distance - b.distance || a.group - b.group);
    for (const { group, into } of found) {
      if (this.#mayUnite(this.#groups[group]!, this.#groups[into]!)) this.#moveInto(group, into);
    }
  }

  #prototypesOf(faces: readonly number[]): GroupMean[] {
    const cut = prototypesUnder * this.#threshold;
    const byNode = Map.groupBy(faces, (face) => this.#dendrogram.nodeUnder(face, cut));
    return [...byNode.values()].map((side) => meanOf(this.#faces, side));
  }

  #groupsNear(faces: readonly number[]): Set<number> {
    const { offsets, ids } = this.#neighbours;
    const near = new Set<number>();
    for (const face of faces) {
      for (let k = offsets[face]!; k < offsets[face + 1]!; k++) near.add(this.#groupOf[ids[k]!]!);
    }
    near.delete(-1);
    return near;
  }

  #mayUnite(faces: readonly number[], others: readonly number[]): boolean {
    const ties = this.#ties;
    const knots = ties.knotsAmong(others);
    const own = ties.knotsAmong(faces);
    if (own.some((a) => knots.some((b) => ties.areApart(a, b)))) return false;
    if (faces.some((face) => knots.some((knot) => ties.isBeforeBirth(face, knot)))) return false;
    if (others.some((face) => own.some((knot) => ties.isBeforeBirth(face, knot)))) return false;
    return this.#maySharePhotos(
      faces,
      Map.groupBy(others, (face) => this.#faces.photos[face]!),
    );
  }

  #maySharePhotos(faces: readonly number[], othersByPhoto: ReadonlyMap<number, readonly number[]>): boolean {
    return faces.every((face) =>
      (othersByPhoto.get(this.#faces.photos[face]!) ?? []).every((other) => this.#ties.maySharePhoto(face, other)),
    );
  }

  #add(faces: number[]): number {
    const group = this.#groups.push(faces) - 1;
    for (const face of faces) this.#groupOf[face] = group;
    return group;
  }

  #release(faces: number[]): void {
    this.#released.add(this.#add(faces));
  }

  #meanOf(group: number): GroupMean {
    const known = this.#means.get(group) ?? meanOf(this.#faces, this.#groups[group]!);
    this.#means.set(group, known);
    return known;
  }

  labels(): Int32Array {
    const labels = new Int32Array(this.#base.length).fill(-1);
    for (const faces of this.#groups) {
      const label = faces.reduce((smallest, face) => Math.min(smallest, face), Infinity);
      for (const face of faces) labels[face] = label;
    }
    return labels;
  }
}

/** The part of a neighbour graph that lies among some faces, under their places in `group`. */
function restrict(neighbours: Neighbours, group: readonly number[], indexOf: ReadonlyMap<number, number>): Neighbours {
  const offsets = new Uint32Array(group.length + 1);
  const ids: number[] = [];
  group.forEach((face, index) => {
    for (let k = neighbours.offsets[face]!; k < neighbours.offsets[face + 1]!; k++) {
      const other = indexOf.get(neighbours.ids[k]!);
      if (other !== undefined) ids.push(other);
    }
    offsets[index + 1] = ids.length;
  });
  return {
    radius: neighbours.radius,
    offsets,
    ids: Int32Array.from(ids),
    truncated: Uint8Array.from(group, (face) => neighbours.truncated[face]!),
  };
}
