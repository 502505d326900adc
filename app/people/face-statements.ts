import type { FacePair } from './constraints.ts';
import type { Known } from './known-people.ts';
import type { Statements } from './ties.ts';

/** What was decided, by face ids, as it is sent to the grouping thread. */
export interface FaceStatements {
  people: { confirmed: number[]; rejected: number[]; born: number | null }[];
  same: number[][];
  different: number[][];
  leaves: number[][];
  samePhoto: number[][];
  away: number[];
}

/**
 * @param drawn every face that was ever drawn by hand: those whose drawing does not stand are away
 */
export function faceStatements(known: Known, drawn: Iterable<number>): FaceStatements {
  const gone = [...drawn].filter((face) => !known.drawn.has(face));
  return {
    people: known.people.map(({ confirmed, rejected, born }) => ({ confirmed, rejected, born: dayNumber(born) })),
    same: known.same.map(({ faces }) => faces),
    different: known.different.map(({ faces }) => faces),
    leaves: known.leaves.map(({ faces }) => faces),
    samePhoto: known.samePhoto,
    away: [...known.notFaces, ...known.ignored, ...known.replaced.keys(), ...gone],
  };
}

/** `YYYY-MM-DD…` as a number that ascends with time, such as 20240131; 0 for '' and null for null. */
export function dayNumber(date: string): number;
export function dayNumber(date: string | null): number | null;
export function dayNumber(date: string | null): number | null {
  return date === null ? null : Number(date.slice(0, 10).replaceAll('-', ''));
}

/**
 * The same by index; faces that are not there are passed over, and do not take the ties of others with them.
 *
 * @param indexOf the place of a face, by its id
 */
export function statementsByIndex(statements: FaceStatements, indexOf: ReadonlyMap<number, number>): Statements {
  const present = (faces: readonly number[]): number[] => faces.flatMap((face) => indexOf.get(face) ?? []);
  const withFirst = (lists: readonly (readonly number[])[]): FacePair[] =>
    lists.flatMap(([first, ...others]) =>
      present([first!]).flatMap((a) => present(others).map((b): FacePair => [a, b])),
    );
  const people = statements.people.map(({ confirmed, rejected, born }) => {
    return { confirmed: present(confirmed), rejected: present(rejected), born };
  });
  return {
    people: people.map(({ confirmed, born }) => ({ confirmed, born })),
    same: statements.same.flatMap((faces) => {
      const [first, ...others] = present(faces);
      return others.map((face): FacePair => [first!, face]);
    }),
    different: withFirst(statements.different),
    leaves: [
      ...withFirst(statements.leaves),
      ...people.flatMap(({ confirmed: [anchor], rejected }) =>
        anchor === undefined ? [] : rejected.map((face): FacePair => [face, anchor]),
      ),
    ],
    samePhoto: statements.samePhoto.map(present),
    away: present(statements.away),
  };
}
