import { chooseCover } from './cover.ts';
import { listKnownPeople, type Decision, type KnownPerson, type NewDecision } from './decisions.ts';

/** A face as the fold needs it. */
export interface FaceEntry {
  id: number;
  /** 0..1 */
  quality: number;
  /** Squared L2 distance (0..4) to the centre of its group. */
  centreDistance: number;
  /** False for a face that is not shown now, as in a removed folder: it still groups and carries names. */
  visible: boolean;
}

export interface Person {
  /** `p<n>` for a named person, `f<smallest face id of the group>` for an unnamed one. */
  id: string;
  /** Empty for a person without a name. */
  name: string;
  /** Visible faces, ascending; never empty. */
  faceIds: number[];
  coverFaceId: number;
}

export interface People {
  /** Named first, each kind by number of faces, most first; of equals, the older id. */
  list: Person[];
  byId: Map<string, Person>;
  /** By face id; hidden faces too, where somebody visible shares their group. */
  byFace: Map<number, Person>;
}

interface Group {
  id: string;
  name: string;
  faces: FaceEntry[];
}

/**
 * Who everybody is: groups of faces, named by what was decided. Pure and deterministic; the order of faces does not matter.
 *
 * A group carries the name of the person whose anchor face it contains. The grouping may be older than the decisions, so
 * they are enforced here again: all groups with anchors of one person are that person, and where anchors of several share a
 * group it belongs to the person named first, and the others keep their anchors.
 *
 * @param input.labels per face, the same value for all faces of one group
 * @param input.decisions in the order of their ids
 */
export function foldPeople(input: {
  faces: readonly FaceEntry[];
  labels: ArrayLike<number>;
  decisions: readonly Decision[];
}): People {
  const { faces, labels, decisions } = input;
  const known = listKnownPeople(decisions);
  const withName = known.filter(({ name }) => name !== '');
  const named = withName.map(({ id, name }): Group => ({ id, name, faces: [] }));
  const anchored = anchorIndex(withName);
  const unnamed: Group[] = [];
  for (const indices of Map.groupBy(faces.keys(), (i) => labels[i]!).values()) {
    const members = indices.map((i) => faces[i]!);
    const owner = Math.min(...members.flatMap(({ id }) => anchored.get(id) ?? []));
    if (owner === Infinity) {
      unnamed.push({ id: `f${smallestId(members)}`, name: '', faces: members });
      continue;
    }
    for (const face of members) named[anchored.get(face.id) ?? owner]!.faces.push(face);
  }
  return arrange([...named, ...unnamed], known);
}

/** Per anchor face, the position of its person. */
function anchorIndex(known: readonly KnownPerson[]): Map<number, number> {
  return new Map(known.flatMap(({ anchors }, i) => anchors.map((face): [number, number] => [face, i])));
}

function arrange(groups: readonly Group[], known: readonly KnownPerson[]): People {
  const list: Person[] = [];
  const byFace = new Map<number, Person>();
  for (const { id, name, faces } of groups) {
    const visible = faces.filter((face) => face.visible);
    if (visible.length === 0) continue;
    const faceIds = visible.map((face) => face.id).sort((a, b) => a - b);
    const person: Person = { id, name, faceIds, coverFaceId: chooseCover(visible).id };
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
  // Somebody whose name was taken away is still to be found by the id of that time.
  for (const { id, anchors, firstFace } of known) {
    const heir = [...anchors, firstFace].map((face) => byFace.get(face)).find((person) => person !== undefined);
    if (heir && !byId.has(id)) byId.set(id, heir);
  }
  return { list, byId, byFace };
}

/**
 * Finds a person by an id of any age: `f<n>` leads to whoever has face n now, `p<n>` to the person named by decision n.
 * No link to a person breaks while one of the faces it was made for is there.
 */
export function findPerson(people: People, id: string): Person | undefined {
  return people.byId.get(id) ?? (id.startsWith('f') ? people.byFace.get(idNumber(id)) : undefined);
}

/**
 * What to write into the log when a person is given a name: the anchor is the cover face, which is what was looked at, and
 * for somebody named before the anchor of then.
 *
 * @param name empty to take the name away
 * @returns undefined when there is nothing to say, because the person has that name already
 */
export function decideName(person: Person, name: string, decisions: readonly Decision[]): NewDecision | undefined {
  if (name === person.name) return undefined;
  const known = listKnownPeople(decisions).find(({ id }) => id === person.id);
  return { kind: 'name', person: known?.id ?? null, face: known?.anchors[0] ?? person.coverFaceId, name };
}

function smallestId(faces: readonly FaceEntry[]): number {
  return faces.reduce((smallest, { id }) => Math.min(smallest, id), Infinity);
}

function idNumber(id: string): number {
  return Number(id.slice(1));
}
