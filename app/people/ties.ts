import type { FacePair } from './constraints.ts';
import { Groups } from './groups.ts';

/** What is known of a person. */
export interface KnownFaces {
  /** Faces said to be this person. */
  confirmed: readonly number[];
  /** Day of birth as a number that ascends with time, on the same scale as the days of the faces; null when not known. */
  born: number | null;
}

/** What was decided about faces, by index, in the form that grouping works with. */
export interface Statements {
  /** Each known person. They are different from one another, and no face is confirmed for two. */
  people: readonly KnownFaces[];
  /** The same person. */
  same: readonly FacePair[];
  /** Two people: where they share a group, it falls into two. */
  different: readonly FacePair[];
  /** The first face is not the person of the second: where they share a group, the first leaves it, and nobody else. */
  leaves: readonly FacePair[];
  /** Faces of one photo that may be one person all the same, as in mirrors and collages. */
  samePhoto: readonly (readonly number[])[];
  /** No faces, or nobody of interest: in no group at all. */
  away: readonly number[];
}

/**
 * What must stay together and what apart. Faces that are one person by what was said, directly or by way of others, are
 * tied into a *knot*; everything else holds between knots. A knot goes by its smallest face.
 */
export class Ties {
  readonly #photos: Int32Array;
  readonly #days: Int32Array;
  readonly #knots: Groups;
  /** By knot. */
  readonly #owner = new Map<number, KnownFaces>();
  readonly #apart = new Map<number, Set<number>>();
  readonly #leaves = new Map<number, Set<number>>();
  readonly #away = new Set<number>();
  /** Per face, numbers that faces of its photo share with it where they may be one person. */
  readonly #mirrored = new Map<number, Set<number>>();
  /** Faces that anything but `away` and `samePhoto` is said about. */
  readonly decided: ReadonlySet<number>;

  /** @param days per face, the day of its photo (see `KnownFaces.born`), 0 where it is not known */
  constructor({ photos, days }: { photos: Int32Array; days: Int32Array }, statements: Statements) {
    this.#photos = photos;
    this.#days = days;
    this.#knots = new Groups(photos.length);
    const decided = new Set<number>();
    for (const face of statements.away) this.#away.add(face);
    statements.samePhoto.forEach((faces, i) => {
      for (const face of faces) add(this.#mirrored, face, i);
    });
    for (const { confirmed } of statements.people) {
      for (const face of confirmed) {
        decided.add(face);
        this.#knots.unite(face, confirmed[0]!);
      }
    }
    for (const [a, b] of statements.same) {
      decided.add(a).add(b);
      this.#knots.unite(a, b);
    }
    for (const person of statements.people) {
      if (person.confirmed.length > 0) this.#owner.set(this.knotOf(person.confirmed[0]!), person);
    }
    for (const [a, b] of statements.different) {
      decided.add(a).add(b);
      this.#keepApart(a, b);
    }
    for (const [face, from] of statements.leaves) {
      decided.add(face).add(from);
      this.#keepApart(face, from);
      add(this.#leaves, this.knotOf(face), this.knotOf(from));
    }
    this.decided = decided;
    this.#keepFromBeforeBirth();
  }

  /** A knot with a face that is older than a known person is not that person. */
  #keepFromBeforeBirth(): void {
    const born = [...this.#owner].filter(([, person]) => person.born !== null);
    for (const face of born.length > 0 ? this.decided : []) {
      const knot = this.knotOf(face);
      if (this.#owner.has(knot)) continue;
      for (const [other] of born) {
        if (!this.isBeforeBirth(face, other)) continue;
        this.#keepApart(knot, other);
        add(this.#leaves, knot, other);
      }
    }
  }

  #keepApart(a: number, b: number): void {
    add(this.#apart, this.knotOf(a), this.knotOf(b));
    add(this.#apart, this.knotOf(b), this.knotOf(a));
  }

  knotOf(face: number): number {
    return this.#knots.rootOf(face);
  }

  isDecided(face: number): boolean {
    return this.decided.has(face);
  }

  isAway(face: number): boolean {
    return this.#away.has(face);
  }

  /** Whether the knot is one of the known people. */
  isOwned(knot: number): boolean {
    return this.#owner.has(knot);
  }

  /** Whether two knots are different people. */
  areApart(a: number, b: number): boolean {
    return a !== b && ((this.#owner.has(a) && this.#owner.has(b)) || this.#apart.get(a)?.has(b) === true);
  }

  /** Whether the face's photo is older than the person that the knot is; never for faces said to be that person. */
  isBeforeBirth(face: number, knot: number): boolean {
    const born = this.#owner.get(knot)?.born ?? null;
    const day = this.#days[face]!;
    return born !== null && day > 0 && day < born && this.knotOf(face) !== knot;
  }

  /** The knots of these faces that anything was said about, each once. */
  knotsAmong(faces: readonly number[]): number[] {
    return [...new Set(faces.filter((face) => this.decided.has(face)).map((face) => this.knotOf(face)))];
  }

  /** Of these knots, those that were said not to be the person of another one of them. */
  leavingAmong(knots: readonly number[]): number[] {
    const present = new Set(knots);
    return knots.filter((knot) => [...(this.#leaves.get(knot) ?? [])].some((from) => present.has(from)));
  }

  /** One pair of faces, by their knots, for every two of these knots that are different people. */
  apartPairs(knots: readonly number[]): FacePair[] {
    const owned = knots.filter((knot) => this.#owner.has(knot));
    const present = new Set(knots);
    const pairs = owned.flatMap((a, i) => owned.slice(0, i).map((b): FacePair => [a, b]));
    for (const a of knots) {
      for (const b of this.#apart.get(a) ?? []) if (a < b && present.has(b)) pairs.push([a, b]);
    }
    return pairs;
  }

  /** The faces of every knot that ties several together. */
  knots(): number[][] {
    return [...Map.groupBy(this.decided, (face) => this.knotOf(face)).values()].filter((faces) => faces.length > 1);
  }

  /** Pairs that join every decided face with the next one of its knot: enough to unite them all. */
  *samePairs(): Generator<FacePair> {
    const first = new Map<number, number>();
    for (const face of this.decided) {
      if (this.#away.has(face)) continue;
      const knot = this.knotOf(face);
      const other = first.get(knot);
      if (other === undefined) first.set(knot, face);
      else yield [other, face];
    }
  }

  /** Whether two faces may be one person as far as their photos go. */
  maySharePhoto(a: number, b: number): boolean {
    if (this.#photos[a] !== this.#photos[b] || this.knotOf(a) === this.knotOf(b)) return true;
    const mirrors = this.#mirrored.get(a);
    return mirrors !== undefined && [...mirrors].some((mirror) => this.#mirrored.get(b)?.has(mirror));
  }

  /** The pairs among these faces that a photo has in common and that may be one person all the same. */
  samePhotoPairs(faces: readonly number[]): FacePair[] {
    const mirrored = faces.filter((face) => this.#mirrored.has(face));
    return mirrored.flatMap((a, i) =>
      mirrored
        .slice(0, i)
        .filter((b) => this.#photos[a] === this.#photos[b] && this.maySharePhoto(a, b))
        .map((b): FacePair => [a, b]),
    );
  }
}

function add(map: Map<number, Set<number>>, key: number, value: number): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}
