import { z } from 'zod';
import { KindredError } from '../contract/errors.ts';
import type { FacePair } from './constraints.ts';

/** What a person can say. A decision says it about faces, never about groups, so that it outlives every grouping. */
const newDecision = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('name'),
    /** Who is named: a person named before, or null for somebody new, whose id becomes `p<id of this decision>`. */
    person: z
      .string()
      .regex(/^p\d+$/)
      .nullable(),
    /** The anchor: "this face is that person". */
    face: z.number().int().nonnegative(),
    /** Empty to take the name away. */
    name: z.string(),
  }),
]);

export type NewDecision = z.infer<typeof newDecision>;
/** A decision in the log: `id` ascends in the order in which things were said, `at` is an ISO time. */
export type Decision = NewDecision & { id: number; at: string };

/**
 * Reads a decision from its row in the log.
 *
 * @param row `body` is the decision as JSON, without its kind
 * @throws KindredError `library-damaged` when it is not one
 */
export function parseDecision(row: { id: number; at: string; kind: string; body: string }): Decision {
  const { id, at, kind, body } = row;
  try {
    return { ...newDecision.parse({ ...JSON.parse(body), kind }), id, at };
  } catch (cause) {
    throw new KindredError('library-damaged', `Entry ${id} of the history cannot be read.`, {
      kind,
      cause: String(cause),
    });
  }
}

/** What the decisions say about one person, before any grouping. */
export interface KnownPerson {
  /** `p<id of the first decision that named the person>`. */
  id: string;
  /** Empty when the name was taken away. */
  name: string;
  /** Faces said to be this person, in the order in which it was said. */
  anchors: number[];
  /** The face of the first naming, whoever it is said to be now. */
  firstFace: number;
}

/**
 * Everybody who was ever named, in the order of the first naming. A face anchors one person only: who it was last said to be.
 *
 * @param decisions in the order of their ids
 */
export function listKnownPeople(decisions: readonly Decision[]): KnownPerson[] {
  const people = new Map<string, KnownPerson>();
  for (const decision of decisions) {
    const id = decision.person ?? `p${decision.id}`;
    for (const person of people.values())
      person.anchors = person.anchors.filter((face) => face !== decision.face || person.id === id);
    const person = people.get(id) ?? { id, name: '', anchors: [], firstFace: decision.face };
    person.name = decision.name;
    if (!person.anchors.includes(decision.face)) person.anchors.push(decision.face);
    people.set(id, person);
  }
  return [...people.values()];
}

/**
 * What clustering must respect, in pairs of face ids: the anchors of one named person are the same, those of two named
 * people are different.
 */
export function constraintsFrom(decisions: readonly Decision[]): { same: FacePair[]; different: FacePair[] } {
  const named = listKnownPeople(decisions).filter(({ name, anchors }) => name !== '' && anchors.length > 0);
  // Every pair, not a chain: a face that has left the library must not take the others' ties with it.
  const pairs = (a: readonly number[], b: readonly number[]): FacePair[] =>
    a.flatMap((x) => b.map((y): FacePair => [x, y]));
  return {
    same: named.flatMap(({ anchors }) => anchors.flatMap((face, i) => pairs(anchors.slice(0, i), [face]))),
    different: named.flatMap(({ anchors }, i) => named.slice(0, i).flatMap((other) => pairs(other.anchors, anchors))),
  };
}
