import type { FaceStanding } from '../contract/dto.ts';
import { chooseCover } from './cover.ts';
import type { NewStatement } from './decisions.ts';
import type { Known, KnownPerson } from './known-people.ts';

/** A face as the fold needs it. */
export interface FaceEntry {
  id: number;
  /** 0..1 */
  quality: number;
  /** Squared L2 distance (0..4) to the centre of its group, as it would be with the built-in model (see `DistanceScale`). */
  centreDistance: number;
  /** False for a face that is not shown now, as in a removed folder: it still groups and carries names. */
  visible: boolean;
}

export interface Person {
  /** `p<n>` for a person that something was said about, `f<smallest face id of the group>` for others. */
  id: string;
  /** Empty for a person without a name. */
  name: string;
  /** Visible faces, ascending; never empty. */
  faceIds: number[];
  coverFaceId: number;
  /** What was said about the person; null where nothing was. */
  known: KnownPerson | null;
}

export interface People {
  /** Named first, each kind by number of faces, most first; of equals, the older id. */
  list: Person[];
  byId: Map<string, Person>;
  /** By face id; hidden faces too, where somebody visible shares their group. */
  byFace: Map<number, Person>;
  /** Faces that are out of all people, at the user's wish. */
  aside: Map<number, Exclude<FaceStanding, 'person'>>;
  /** Faces that have another box now, under another id. */
  replaced: ReadonlyMap<number, number>;
}

interface Group {
  id: string;
  known: KnownPerson | null;
  faces: FaceEntry[];
}

/**
 * Who everybody is: groups of faces, named by what was decided. Pure and deterministic; the order of faces does not matter.
 *
 * A group is the known person whose confirmed face it contains. The grouping may be older than the decisions, so they are
 * enforced here again: all groups with confirmed faces of one person are that person, and where those of several share a
 * group it belongs to the person known first, and the others keep their confirmed faces.
 *
 * @param input.labels per face, the same value for all faces of one group; -1 for a face without one
 */
export function foldPeople(input: { faces: readonly FaceEntry[]; labels: ArrayLike<number>; known: Known }): People {
  const { faces, labels, known } = input;
  const groups = known.people.map((person): Group => ({ id: person.id, known: person, faces: [] }));
  const owners = new Map(
    known.people.flatMap(({ confirmed }, i) => confirmed.map((face): [number, number] => [face, i])),
  );
  const aside: People['aside'] = new Map();
  for (const face of known.notFaces) aside.set(face, 'not-a-face');
  for (const face of known.ignored) aside.set(face, 'ignored');
  const unknown: Group[] = [];
  const byLabel = new Map<number, FaceEntry[]>();
  for (const [i, face] of faces.entries()) {
    const label = labels[i]!;
    if (label < 0 || aside.has(face.id) || known.replaced.has(face.id)) continue;
    const members = byLabel.get(label);
    if (members) members.push(face);
    else byLabel.set(label, [face]);
  }
  for (const members of byLabel.values()) {
    const owner = members.reduce((first, { id }) => Math.min(first, owners.get(id) ?? Infinity), Infinity);
    if (owner < Infinity) {
      for (const face of members) groups[owners.get(face.id) ?? owner]!.faces.push(face);
    } else if (members.some(({ id }) => known.ignoredWhole.has(id))) {
      const back = members.filter(({ id }) => known.restored.has(id));
      for (const face of members) if (!back.includes(face)) aside.set(face.id, 'ignored');
      if (back.length > 0) unknown.push({ id: `f${smallestId(back)}`, known: null, faces: back });
    } else {
      unknown.push({ id: `f${smallestId(members)}`, known: null, faces: members });
    }
  }
  return { ...arrange([...groups, ...unknown], known), aside, replaced: known.replaced };
}

function arrange(groups: readonly Group[], known: Known): Omit<People, 'aside' | 'replaced'> {
  const list: Person[] = [];
  const byFace = new Map<number, Person>();
  for (const { id, known: about, faces } of groups) {
    const visible = faces.filter((face) => face.visible);
    if (visible.length === 0) continue;
    const faceIds = visible.map((face) => face.id).sort((a, b) => a - b);
    const chosen = visible.find((face) => face.id === about?.cover);
    const person: Person = {
      id,
      name: about?.name ?? '',
      faceIds,
      coverFaceId: (chosen ?? chooseCover(visible)).id,
      known: about,
    };
    list.push(person);
    for (const face of faces) byFace.set(face.id, person);
  }
  list.sort(
    (a, b) =>
      Number(b.name !== '') - Number(a.name !== '') ||
      b.faceIds.length - a.faceIds.length ||
      idNumber(a.id) - idNumber(b.id),
  );
  const byId = new Map(list.map((person) => [person.id, person]));
  // Somebody who was merged, or whose name was taken away, is still to be found by the id of that time.
  for (const { id, mergedInto, firstFace, confirmed } of [...known.former, ...known.people]) {
    if (byId.has(id)) continue;
    const face = [...confirmed, firstFace].find((candidate) => byFace.has(candidate));
    const heir = byId.get(mergedInto ?? '') ?? (face === undefined ? undefined : byFace.get(face));
    if (heir) byId.set(id, heir);
  }
  return { list, byId, byFace };
}

/**
 * Finds a person by an id of any age: `f<n>` leads to whoever has face n now, `p<n>` to the person that decision n was
 * about. No link to a person breaks while one of the faces it was made for is there.
 */
export function findPerson(people: People, id: string): Person | undefined {
  const found = people.byId.get(id);
  if (found || !id.startsWith('f')) return found;
  let face = idNumber(id);
  for (let next = people.replaced.get(face); next !== undefined; next = people.replaced.get(face)) face = next;
  return people.byFace.get(face);
}

/** How a statement speaks of a person: by a face that is theirs, the cover where nothing was said yet. */
export function subjectOf(person: Person): { person: string | null; face: number } {
  return { person: person.known?.id ?? null, face: person.known?.confirmed[0] ?? person.coverFaceId };
}

/**
 * What to write into the log when a person is given a name.
 *
 * @param name empty to take the name away
 * @returns undefined when there is nothing to say, because the person has that name already
 */
export function decideName(person: Person, name: string): NewStatement | undefined {
  return name === person.name ? undefined : { kind: 'name', ...subjectOf(person), name };
}

function smallestId(faces: readonly FaceEntry[]): number {
  return faces.reduce((smallest, { id }) => Math.min(smallest, id), Infinity);
}

function idNumber(id: string): number {
  return Number(id.slice(1));
}
