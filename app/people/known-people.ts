import type { Statement } from './decisions.ts';

/** What the decisions say about one person, before any grouping. */
export interface KnownPerson {
  /** `p<id of the first decision about the person>`. */
  id: string;
  /** Empty when there is none, or it was taken away. */
  name: string;
  /** Faces said to be this person, in the order in which it was said. */
  confirmed: number[];
  /** Faces said not to be this person. */
  rejected: number[];
  /** Per confirmed face, the entry of the log that says so. */
  entryOf: Map<number, number>;
  /** The same for rejected ones. */
  rejectedBy: Map<number, number>;
  /** The face of the first decision, whoever it is said to be now. */
  firstFace: number;
  hidden: boolean;
  /** Face chosen as the cover, or null. */
  cover: number | null;
  /** `YYYY-MM-DD`, or null. */
  born: string | null;
  /** Said to be this person instead, or null. */
  mergedInto: string | null;
}

/** A face pair, or more faces, that an entry of the log ties together or keeps apart. */
export interface FaceTie {
  entry: number;
  faces: number[];
}

/** The standing decisions in the form in which they are looked up. Every face goes by its newest box. */
export interface Known {
  /** Everybody who is known, in the order of the first decision about them; not those who were merged. */
  people: KnownPerson[];
  /** Those who are not known any more, for finding their faces: merged, or nameless again. */
  former: KnownPerson[];
  same: FaceTie[];
  /** The first face is not the person of the others; where they share a group, it falls into two. */
  different: FaceTie[];
  /** The first face is not the person of the second, and leaves alone. */
  leaves: FaceTie[];
  samePhoto: number[][];
  notFaces: Set<number>;
  ignored: Set<number>;
  /** Ignored together with everybody who is grouped with them. */
  ignoredWhole: Set<number>;
  /** Brought back, also where they are grouped with somebody who is ignored. */
  restored: Set<number>;
  /** Faces drawn by hand or given another box, and not there while that does not stand. */
  drawn: Set<number>;
  /** Faces that have another box now, under another id. */
  replaced: Map<number, number>;
}

/**
 * Adds up the decisions that stand. Who a face was last said to be is who it is: people change their mind.
 *
 * @param standing in the order in which they were made
 */
export function gatherKnown(standing: readonly Statement[]): Known {
  return new Gathering(standing).known();
}

class Gathering {
  readonly #people = new Map<string, KnownPerson>();
  /** Who each face was last said to be. */
  readonly #confirmed = new Map<number, string>();
  /** Said about by more than a name that has been taken away since. */
  readonly #spokenOf = new Set<string>();
  readonly #replaced = new Map<number, number>();
  readonly #drawn = new Set<number>();
  readonly #aside = new Map<number, 'not-a-face' | 'ignored' | 'ignored-whole' | 'restored'>();
  readonly #same: FaceTie[] = [];
  readonly #different: FaceTie[] = [];
  readonly #leaves: FaceTie[] = [];
  readonly #samePhoto: number[][] = [];
  /** By entry, faces for which it does not hold any more. */
  readonly #released = new Map<number, Set<number>>();

  constructor(standing: readonly Statement[]) {
    for (const statement of standing) {
      if (statement.kind === 'move') {
        // Moved again by its first id, as from a window that has not heard of the first move.
        this.#replaced.set(this.#now(statement.face), statement.to);
        this.#drawn.add(statement.to);
      }
      if (statement.kind === 'draw') this.#drawn.add(statement.face);
    }
    for (const statement of standing) this.#release(statement);
    for (const statement of standing) this.#take(statement);
  }

  #release(statement: Statement): void {
    if (!('faces' in statement)) return;
    for (const entry of statement.releases ?? []) {
      const faces = this.#released.get(entry) ?? new Set();
      for (const face of statement.faces) faces.add(this.#now(face));
      this.#released.set(entry, faces);
    }
  }

  #take(statement: Statement): void {
    const { kind, id } = statement;
    switch (kind) {
      case 'name': {
        const known = this.#personOf(statement.person, id, statement.face);
        known.name = statement.name;
        this.#bringBack([statement.face]);
        this.#confirm(known, [statement.face], id);
        return;
      }
      case 'is': {
        const known = this.#personOf(statement.person, id, statement.face);
        this.#spokenOf.add(known.id);
        this.#bringBack(statement.faces);
        this.#confirm(known, [statement.face, ...this.#kept(statement)], id);
        return;
      }
      case 'is-not': {
        for (const face of this.#kept(statement)) this.#reject(this.#nowPerson(statement.person), face, id);
        if (statement.stays !== undefined) this.#stay(statement.person, statement.stays, id);
        return;
      }
      case 'merge':
        this.#merge(statement.into, statement.from, id);
        return;
      case 'hide':
      case 'cover':
      case 'birth': {
        const known = this.#personOf(statement.person, id, statement.face);
        if (known.entryOf.size === 0) this.#confirm(known, [statement.face], id);
        if (kind === 'hide') {
          known.hidden = statement.hidden;
          // Who is shown again stays somebody, or else would vanish in a group that belongs to somebody hidden.
          if (!statement.hidden) this.#spokenOf.add(known.id);
        } else if (kind === 'cover') known.cover = this.#now(statement.cover);
        else known.born = statement.date;
        return;
      }
      case 'same':
      case 'together':
        this.#same.push({ entry: id, faces: this.#kept(statement) });
        return;
      case 'split': {
        const faces = this.#kept(statement);
        if (faces.length === 0) return;
        if (statement.person !== undefined) {
          for (const face of faces) this.#reject(this.#nowPerson(statement.person), face, id);
          this.#stay(statement.person, statement.from, id);
        }
        this.#same.push({ entry: id, faces });
        this.#different.push({ entry: id, faces: [faces[0]!, this.#now(statement.from)] });
        return;
      }
      case 'different':
        if (statement.faces.length > 0) {
          const faces = statement.faces.map((face) => this.#now(face));
          this.#different.push({ entry: id, faces: [this.#now(statement.face), ...faces] });
        }
        for (const person of statement.people) this.#reject(this.#nowPerson(person), this.#now(statement.face), id);
        return;
      case 'leave':
        for (const face of this.#kept(statement)) {
          this.#leaves.push({ entry: id, faces: [face, this.#now(statement.from)] });
        }
        return;
      case 'not-a-face':
        for (const face of this.#kept(statement)) this.#aside.set(face, 'not-a-face');
        return;
      case 'ignore':
        for (const face of this.#kept(statement)) this.#aside.set(face, statement.whole ? 'ignored-whole' : 'ignored');
        return;
      case 'restore':
        for (const face of this.#kept(statement)) this.#aside.set(face, 'restored');
        return;
      case 'same-photo':
        this.#samePhoto.push(this.#kept(statement));
        return;
      case 'draw':
      case 'move':
    }
  }

  /** The id that a face goes by now. */
  #now(face: number): number {
    let current = face;
    for (let next = this.#replaced.get(current); next !== undefined; next = this.#replaced.get(current)) current = next;
    return current;
  }

  #nowPerson(id: string): string {
    let current = id;
    for (let next = this.#people.get(current)?.mergedInto; next; next = this.#people.get(current)?.mergedInto) {
      current = next;
    }
    return current;
  }

  /** The statement's faces, without those for which later ones have taken its place. */
  #kept({ id, faces }: { id: number; faces: readonly number[] }): number[] {
    const released = this.#released.get(id);
    return faces.map((face) => this.#now(face)).filter((face) => !released?.has(face));
  }

  #personOf(person: string | null, entry: number, face: number): KnownPerson {
    const id = this.#nowPerson(person ?? `p${entry}`);
    const known = this.#people.get(id) ?? {
      id,
      name: '',
      confirmed: [],
      rejected: [],
      entryOf: new Map(),
      rejectedBy: new Map(),
      firstFace: this.#now(face),
      hidden: false,
      cover: null,
      born: null,
      mergedInto: null,
    };
    this.#people.set(id, known);
    return known;
  }

  #confirm(known: KnownPerson, faces: readonly number[], entry: number): void {
    for (const given of faces) {
      const face = this.#now(given);
      const before = this.#confirmed.get(face);
      if (before !== undefined && before !== known.id) {
        this.#people.get(before)!.entryOf.delete(face);
      }
      if (before !== known.id) known.entryOf.set(face, entry);
      this.#confirmed.set(face, known.id);
      known.rejectedBy.delete(face);
    }
  }

  /** Whoever is said to be somebody is not set aside any more. */
  #bringBack(faces: readonly number[]): void {
    for (const face of faces.map((given) => this.#now(given))) {
      if (this.#aside.has(face)) this.#aside.set(face, 'restored');
    }
  }

  #reject(person: string, face: number, entry: number): void {
    const known = this.#people.get(person);
    if (!known) return;
    if (known.entryOf.delete(face)) this.#confirmed.delete(face);
    known.rejectedBy.set(face, entry);
  }

  /** Lets a face stand for a person of whom nothing else is certain any more, so that the name does not go. */
  #stay(person: string, given: number, entry: number): void {
    const known = this.#people.get(this.#nowPerson(person));
    const face = this.#now(given);
    if (known?.entryOf.size === 0 && !this.#confirmed.has(face)) this.#confirm(known, [face], entry);
  }

  #merge(intoId: string, fromId: string, entry: number): void {
    const into = this.#people.get(this.#nowPerson(intoId));
    const from = this.#people.get(this.#nowPerson(fromId));
    if (!into || !from || into === from) return;
    this.#confirm(into, [...from.entryOf.keys()], entry);
    // Who is not the one is not the other either, unless it was said that they are.
    for (const [face, said] of from.rejectedBy) {
      if (!into.entryOf.has(face) && !into.rejectedBy.has(face)) into.rejectedBy.set(face, said);
    }
    if (into.name === '') into.name = from.name;
    into.born ??= from.born;
    into.cover ??= from.cover;
    if (this.#spokenOf.has(from.id)) this.#spokenOf.add(into.id);
    from.mergedInto = into.id;
  }

  known(): Known {
    const all = [...this.#people.values()];
    for (const person of all) {
      person.confirmed = [...person.entryOf.keys()];
      person.rejected = [...person.rejectedBy.keys()];
    }
    const isKnown = (person: KnownPerson): boolean =>
      person.mergedInto === null &&
      person.confirmed.length > 0 &&
      (person.name !== '' ||
        person.hidden ||
        person.cover !== null ||
        person.born !== null ||
        this.#spokenOf.has(person.id));
    const facesAside = (wanted: string): Set<number> =>
      new Set([...this.#aside].filter(([, kind]) => kind === wanted).map(([face]) => face));
    return {
      people: all.filter(isKnown),
      former: all.filter((person) => !isKnown(person)),
      same: this.#same.filter(({ faces }) => faces.length > 1),
      different: this.#different,
      leaves: this.#leaves,
      samePhoto: this.#samePhoto,
      notFaces: facesAside('not-a-face'),
      ignored: facesAside('ignored'),
      ignoredWhole: facesAside('ignored-whole'),
      restored: facesAside('restored'),
      drawn: this.#drawn,
      replaced: this.#replaced,
    };
  }
}
