import { KindredError } from '../contract/errors.ts';
import type { DecisionRequest } from '../contract/procedures.ts';
import type { NewStatement } from './decisions.ts';
import type { KnownPerson } from './known-people.ts';
import { findPerson, subjectOf, type People, type Person } from './people.ts';

/** What it takes to say in terms of faces what was meant in terms of people. */
export interface Meaning {
  people: People;
  /** Per face, its photo. */
  photoOf: (face: number) => number | undefined;
  /** Faces of a photo that are somebody's or nobody's, set aside or not. */
  facesOfPhoto: (photo: number) => number[];
}

/**
 * Turns what was meant, about people as they are on the screen, into what is written into the log, about faces.
 *
 * @returns undefined when there is nothing to say
 * @throws KindredError `not-found`, `invalid-input`
 */
export function interpret(request: DecisionRequest, meaning: Meaning): NewStatement | undefined {
  const { people } = meaning;
  const personOf = (id: string): Person => {
    const person = findPerson(people, id);
    if (!person) throw new KindredError('not-found', 'That person is not in the library any more.');
    return person;
  };
  const known = (faces: readonly number[]): number[] => {
    const unknown = faces.find((face) => meaning.photoOf(face) === undefined);
    if (unknown !== undefined) throw new KindredError('not-found', 'That face is not in the library any more.');
    return [...new Set(faces)];
  };
  const several = (faces: readonly number[]): number[] => {
    const all = known(faces);
    if (all.length < 2) throw new KindredError('invalid-input', 'It takes two different faces to say this.');
    return all;
  };

  switch (request.kind) {
    case 'confirm': {
      const person = personOf(request.person);
      const faces = known(request.faces).filter((face) => !person.known?.confirmed.includes(face));
      return faces.length === 0 ? undefined : { kind: 'is', ...subjectOf(person), faces };
    }
    case 'reject':
      return reject(people, personOf(request.person), known(request.faces));
    case 'same':
      return same(people, ...(several([request.a, request.b]) as [number, number]));
    case 'different': {
      const [face, ...others] = several([request.a, request.b, ...(request.others ?? [])]);
      return different(people, face!, others);
    }
    case 'merge':
      return merge(personOf(request.into), personOf(request.from));
    case 'split': {
      const person = personOf(request.person);
      const faces = known(request.faces);
      const from = anchorOutside(person, faces);
      const split = { kind: 'split' as const, faces, from };
      return person.known && isAllOf(people, person.known, faces) ? { ...split, person: person.known.id } : split;
    }
    case 'not-a-face':
    case 'restore':
      return { kind: request.kind, faces: known(request.faces) };
    case 'ignore':
      return { kind: 'ignore', faces: known(request.faces), whole: false };
    case 'ignore-person': {
      const person = personOf(request.person);
      // Somebody with a name is recognised from now on too, and is only kept out of sight.
      if (person.known) return { kind: 'hide', ...subjectOf(person), hidden: true };
      return { kind: 'ignore', faces: person.faceIds, whole: true };
    }
    case 'ignore-rare': {
      const photosOf = ({ faceIds }: Person): number => new Set(faceIds.map(meaning.photoOf)).size;
      return ignoreAll(people.list.filter((person) => person.known === null && photosOf(person) < request.photos));
    }
    case 'ignore-others': {
      const here = meaning.facesOfPhoto(request.photo).flatMap((face) => people.byFace.get(face) ?? []);
      return ignoreAll([...new Set(here)].filter((person) => person.known === null));
    }
    case 'hide': {
      const person = personOf(request.person);
      if ((person.known?.hidden ?? false) === request.hidden) return undefined;
      return { kind: 'hide', ...subjectOf(person), hidden: request.hidden };
    }
    case 'cover': {
      const person = personOf(request.person);
      if (!person.faceIds.includes(request.face))
        throw new KindredError('invalid-input', 'That face is not one of this person.');
      return { kind: 'cover', ...subjectOf(person), cover: request.face };
    }
    case 'birth': {
      const person = personOf(request.person);
      if ((person.known?.born ?? null) === request.date) return undefined;
      return { kind: 'birth', ...subjectOf(person), date: request.date };
    }
    case 'same-photo': {
      const faces = several(request.faces);
      if (new Set(faces.map(meaning.photoOf)).size > 1)
        throw new KindredError('invalid-input', 'These faces are not all in one photo.');
      return { kind: 'same-photo', faces };
    }
  }
}

function reject(people: People, person: Person, faces: number[]): NewStatement {
  if (person.known) {
    const { id } = person.known;
    const stays = isAllOf(people, person.known, faces) ? findAnchor(person, faces) : undefined;
    return { kind: 'is-not', person: id, faces, ...(stays !== undefined && { stays }) };
  }
  return { kind: 'leave', faces, from: anchorOutside(person, faces) };
}

/** Whether no other face that is to be seen was said to be the person. */
function isAllOf({ aside }: People, { confirmed }: KnownPerson, faces: readonly number[]): boolean {
  const leaving = new Set(faces);
  return confirmed.every((face) => leaving.has(face) || aside.has(face));
}

/** A face that stands for the person when these have left; undefined where nobody stays. */
function findAnchor(person: Person, faces: readonly number[]): number | undefined {
  const leaving = new Set(faces);
  const candidates = [...(person.known?.confirmed ?? []), person.coverFaceId, ...person.faceIds];
  return candidates.find((face) => !leaving.has(face));
}

function anchorOutside(person: Person, faces: readonly number[]): number {
  const anchor = findAnchor(person, faces);
  if (anchor === undefined) {
    throw new KindredError('invalid-input', 'These are all the faces of this person; some must stay.');
  }
  return anchor;
}

/** Two known people become one; a known and an unknown one, the known. */
function same(people: People, a: number, b: number): NewStatement | undefined {
  const [personA, personB] = [people.byFace.get(a), people.byFace.get(b)];
  if (personA && personB && personA !== personB) {
    if (personA.known && personB.known) return merge(personA, personB);
    if (personA.known) return { kind: 'is', ...subjectOf(personA), faces: [b] };
    if (personB.known) return { kind: 'is', ...subjectOf(personB), faces: [a] };
  }
  return { kind: 'same', faces: [a, b] };
}

function different(people: People, face: number, others: readonly number[]): NewStatement {
  const own = people.byFace.get(face);
  // Between people, it is said of the person; inside one, only the faces can tell the two apart.
  const isPerson = (other: number): boolean => {
    const person = people.byFace.get(other);
    return person !== undefined && person.known !== null && person !== own;
  };
  const named = others.filter(isPerson).map((other) => people.byFace.get(other)!.known!.id);
  const [other] = others;
  if (own?.known && others.length === 1 && !isPerson(other!) && people.byFace.get(other!) !== own) {
    return { kind: 'different', face: other!, faces: [], people: [own.known.id] };
  }
  return { kind: 'different', face, faces: others.filter((each) => !isPerson(each)), people: [...new Set(named)] };
}

function merge(into: Person, from: Person): NewStatement | undefined {
  if (into === from) return undefined;
  if (into.known && from.known) {
    // A name is not lost to a person without one.
    const [kept, gone] = into.name === '' && from.name !== '' ? [from.known, into.known] : [into.known, from.known];
    return { kind: 'merge', into: kept.id, from: gone.id };
  }
  const [person, other] = into.known || !from.known ? [into, from] : [from, into];
  return { kind: 'together', faces: [subjectOf(person).face, ...other.faceIds] };
}

function ignoreAll(strangers: readonly Person[]): NewStatement | undefined {
  const faces = strangers.flatMap(({ faceIds }) => faceIds);
  return faces.length === 0 ? undefined : { kind: 'ignore', faces, whole: true };
}
