import { z } from 'zod';
import { KindredError } from '../contract/errors.ts';

const id = z.number().int().nonnegative();
const faces = z.array(id).min(1);
/** A person named before, or null for somebody new, whose id becomes `p<id of this decision>`. */
const person = z
  .string()
  .regex(/^p\d+$/)
  .nullable();
/** Who is spoken of: a person, by a face that is theirs. */
const subject = { person, face: id };

/**
 * What a person can say. A decision says it about faces, never about groups, so that it outlives every grouping. Each is
 * one entry of an append-only log; what was said by mistake is taken back by another entry.
 */
const statement = z.discriminatedUnion('kind', [
  /** The face is that person, who has this name; empty to take the name away. */
  z.object({ kind: z.literal('name'), ...subject, name: z.string() }),
  z.object({ kind: z.literal('is'), ...subject, faces }),
  /** `stays`: who stands for the person from now on, where nobody else was said to be them. */
  z.object({ kind: z.literal('is-not'), person: person.unwrap(), faces, stays: id.optional() }),
  /** Two faces are one person. */
  z.object({ kind: z.literal('same'), faces: z.tuple([id, id]) }),
  /** A whole group was put together with another; single faces can be taken out again. */
  z.object({ kind: z.literal('together'), faces: z.array(id).min(2) }),
  /** The face is none of these people, and not the person of any of these faces. */
  z.object({ kind: z.literal('different'), face: id, faces: z.array(id), people: z.array(person.unwrap()) }),
  /** These faces are not the person of `from`; said of the faces, and nobody else leaves with them. */
  z.object({ kind: z.literal('leave'), faces, from: id }),
  /** These faces are one person, and not the one of `from`: that is `person`, where nobody else was said to be them. */
  z.object({ kind: z.literal('split'), faces, from: id, person: person.unwrap().optional() }),
  /** The second person is the first. */
  z.object({ kind: z.literal('merge'), into: person.unwrap(), from: person.unwrap() }),
  z.object({ kind: z.literal('not-a-face'), faces }),
  /** `whole`: and everybody who is grouped with them, now or later. */
  z.object({ kind: z.literal('ignore'), faces, whole: z.boolean() }),
  z.object({ kind: z.literal('restore'), faces }),
  z.object({ kind: z.literal('hide'), ...subject, hidden: z.boolean() }),
  z.object({ kind: z.literal('cover'), ...subject, cover: id }),
  z.object({ kind: z.literal('birth'), ...subject, date: z.iso.date().nullable() }),
  /** These faces of one photo may be one person all the same. */
  z.object({ kind: z.literal('same-photo'), faces: z.array(id).min(2) }),
  /** A face that was missed. */
  z.object({ kind: z.literal('draw'), face: id }),
  /** The face has a better box, as another face; what was said of the one holds for the other. */
  z.object({ kind: z.literal('move'), face: id, to: id }),
]);

/** What a statement can come with, to make room for itself. */
const room = {
  /** Earlier entries that do not hold while this one does. */
  instead: z.array(id).optional(),
  /** Earlier entries that do not hold for this one's own faces. */
  releases: z.array(id).optional(),
};

const newDecision = z.union([
  statement.and(z.object(room)),
  z.object({ kind: z.literal('undo'), entries: z.array(id).min(1) }),
  z.object({ kind: z.literal('redo'), entries: z.array(id).min(1) }),
]);

/** What is said about faces and people, as opposed to about earlier entries. */
export type NewStatement = z.infer<typeof statement> & { instead?: number[]; releases?: number[] };
export type NewDecision = NewStatement | { kind: 'undo' | 'redo'; entries: number[] };

interface Entry {
  /** Ascends in the order in which things were said. */
  id: number;
  /** ISO time. */
  at: string;
}

export type Statement = NewStatement & Entry;
/** An entry of the log. */
export type Decision = NewDecision & Entry;

/**
 * Reads a decision from its row in the log.
 *
 * @param row `body` is the decision as JSON, without its kind
 * @throws KindredError `library-damaged` when it is not one
 */
export function parseDecision(row: { id: number; at: string; kind: string; body: string }): Decision {
  const { id, at, kind, body } = row;
  try {
    return { ...newDecision.parse({ ...JSON.parse(body), kind }), id, at } as Decision;
  } catch (cause) {
    throw new KindredError('library-damaged', `Entry ${id} of the history cannot be read.`, {
      kind,
      cause: String(cause),
    });
  }
}

/** Every face that a statement names, in whatever part. */
export function facesNamedIn(statement: NewStatement): number[] {
  const {
    face,
    faces = [],
    from,
    to,
    cover,
    stays,
  } = statement as {
    face?: number;
    faces?: number[];
    /** A face, or a person. */
    from?: number | string;
    to?: number;
    cover?: number;
    stays?: number;
  };
  return [face, ...faces, from, to, cover, stays].filter((named) => typeof named === 'number');
}

/** The faces that a statement is about, first those that it says something of. */
export function facesIn(statement: NewStatement): number[] {
  switch (statement.kind) {
    case 'is':
      return [...statement.faces, statement.face];
    case 'different':
      return [statement.face, ...statement.faces];
    case 'leave':
    case 'split':
      return [...statement.faces, statement.from];
    case 'merge':
      return [];
    case 'cover':
      return [statement.cover];
    case 'move':
      return [statement.to];
    default:
      return 'faces' in statement ? statement.faces : [statement.face];
  }
}
