import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../../app/people/decision-log.ts';
import type { Decision } from '../../../app/people/decisions.ts';
import { findPerson, type People, type Person } from '../../../app/people/people.ts';
import { createRandom } from '../../support/random.ts';
import { makeFaces } from '../../support/synthetic-faces.ts';
import { converse, type Turn } from './conversation.ts';
import { DecidedFaces, knownFrom } from './decided-faces.ts';

const thresholds = [0.03, 0.12, 0.5];

const libraries = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    dimension: fc.integer({ min: 4, max: 16 }),
    spread: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
    poor: fc.constantFrom(0, 0.2),
    crowd: fc.constantFrom(1, 2, 3),
  })
  .map((options) => {
    const faces = makeFaces(options);
    const random = createRandom(options.seed + 1);
    const library = new DecidedFaces(faces, { days: Array.from(faces.truth, () => Math.floor(random() * 10)) });
    return Object.assign(library, { [fc.toStringMethod]: () => JSON.stringify(options) });
  });
const conversations = fc
  .record({ library: libraries, seed: fc.integer(), length: fc.integer({ min: 1, max: 10 }) })
  .map(({ library, seed, length }) => {
    const conversation = converse(library, seed, length);
    const written = conversation.log.map(({ at: _, ...decision }) => JSON.stringify(decision)).join('\n');
    return { library, ...conversation, [fc.toStringMethod]: () => `${fc.stringify(library)}\n${written}` };
  });

/** Whether what was said last is so. */
function expectHeard({ request, statement, before, after }: Turn): void {
  const of = (face: number): string | undefined => after.byFace.get(face)?.id;
  const subject = ({ person, id }: { person: string | null; id: number }): Person | undefined =>
    findPerson(after, person ?? `p${id}`);
  const present = (faces: readonly number[]): number[] => faces.filter((face) => !after.aside.has(face));
  const expectOne = (faces: readonly number[]): void => {
    expect(new Set(present(faces).map(of)).size).toBeLessThanOrEqual(1);
    for (const face of present(faces)) expect(of(face)).toBeDefined();
  };
  const expectOthers = (faces: readonly number[], from: number): void => {
    if (!after.aside.has(from)) for (const face of present(faces)) expect(of(face)).not.toBe(of(from));
  };
  switch (statement.kind) {
    case 'name':
      expect(subject(statement)?.name).toBe(statement.name);
      return;
    case 'is':
      expectOne([statement.face, ...statement.faces]);
      return;
    case 'is-not': {
      const earlier = before.byId.get(statement.person)!;
      const person = after.list.find(({ known }) => known?.id === earlier.known!.id);
      for (const face of statement.faces) expect(person?.faceIds ?? []).not.toContain(face);
      // Who stays keeps the name, unless it was what stood in the way.
      const stays = earlier.faceIds.some((face) => !statement.faces.includes(face));
      if (!statement.instead && stays && earlier.name !== '') expect(person?.name).toBe(earlier.name);
      return;
    }
    case 'same':
    case 'together':
      expectOne(statement.faces);
      return;
    case 'split':
      expectOne(statement.faces);
      expectOthers(statement.faces, statement.from);
      return;
    case 'leave':
      expectOthers(statement.faces, statement.from);
      return;
    case 'different':
      expectOthers(statement.faces, statement.face);
      for (const id of statement.people) expect(of(statement.face)).not.toBe(findPerson(after, id)?.id ?? null);
      return;
    case 'merge':
      expect(findPerson(after, statement.from)).toBe(findPerson(after, statement.into));
      return;
    case 'not-a-face':
      for (const face of statement.faces) expect(after.aside.get(face)).toBe('not-a-face');
      return;
    case 'ignore':
      for (const face of statement.faces) expect(after.aside.get(face)).toBe('ignored');
      return;
    case 'restore':
      for (const face of statement.faces) expect(after.aside.has(face)).toBe(false);
      return;
    case 'hide':
      expect(subject(statement)?.known?.hidden ?? false).toBe(statement.hidden);
      return;
    case 'cover': {
      const person = subject(statement)!;
      expect(person.known?.cover).toBe(statement.cover);
      if (person.faceIds.includes(statement.cover)) expect(person.coverFaceId).toBe(statement.cover);
      return;
    }
    case 'birth':
      expect(subject(statement)?.known?.born ?? null).toBe(statement.date);
      return;
    case 'same-photo':
    case 'draw':
    case 'move':
      expect(request.kind).toBe(statement.kind);
  }
}

/** Everything that stands is so. */
function expectKept(people: People, log: readonly Decision[]): void {
  const known = knownFrom(log);
  const of = (face: number): string | undefined => people.byFace.get(face)?.id;
  const present = (faces: Iterable<number>): number[] => [...faces].filter((face) => !people.aside.has(face));
  for (const face of known.notFaces) expect(people.aside.get(face)).toBe('not-a-face');
  for (const face of [...known.ignored, ...known.ignoredWhole]) {
    // Somebody who got a name is not a stranger any more.
    if (people.aside.get(face) !== 'ignored') expect(people.byFace.get(face)?.known).not.toBeNull();
  }
  for (const face of known.restored) expect(people.aside.has(face)).toBe(false);
  for (const { id, name, confirmed, rejected } of known.people) {
    for (const face of present(confirmed)) expect(of(face)).toBe(id);
    for (const face of present(rejected)) expect(of(face)).not.toBe(id);
    if (present(confirmed).length > 0) expect(people.byId.get(id)?.name).toBe(name);
  }
  for (const { faces } of known.same) expect(new Set(present(faces).map(of)).size).toBeLessThanOrEqual(1);
  for (const { faces } of [...known.different, ...known.leaves]) {
    const [face, ...others] = faces;
    if (present([face!]).length > 0) for (const other of present(others)) expect(of(other)).not.toBe(of(face!));
  }
}

describe('the fold of decisions', () => {
  it('hears everything that is said, at once', () => {
    fc.assert(
      fc.property(conversations, ({ turns }) => {
        turns.forEach(expectHeard);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps everything that stands, at any threshold', () => {
    fc.assert(
      fc.property(conversations, ({ library, log }) => {
        for (const threshold of thresholds) expectKept(library.people(log, threshold), log);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves every face with one person, or aside', () => {
    fc.assert(
      fc.property(conversations, ({ library, log }) => {
        const people = library.people(log);
        const everywhere = [...people.list.flatMap(({ faceIds }) => faceIds), ...people.aside.keys()];
        expect(everywhere.sort((a, b) => a - b)).toEqual([...library.faces.photos.keys()]);
      }),
    );
  });

  it('gives the first state when everything is undone, and all of it back when it is done again', () => {
    fc.assert(
      fc.property(conversations, ({ library, log }) => {
        const first = library.people([]);
        const last = library.people(log);
        const entries = [...log];
        const add = (decision: { kind: 'undo' | 'redo'; entries: number[] }): void => {
          entries.push({ ...decision, id: entries.length + 1, at: '2024-05-01T10:00:00.000Z' });
        };
        for (let id = readLog(entries).undoable.at(-1); id !== undefined; id = readLog(entries).undoable.at(-1)) {
          add({ kind: 'undo', entries: [id] });
        }
        expect(library.people(entries)).toEqual(first);
        for (let step = readLog(entries).redoable.at(-1); step; step = readLog(entries).redoable.at(-1)) {
          add({ kind: 'redo', entries: step });
        }
        expect(library.people(entries)).toEqual(last);
      }),
    );
  });

  it('gives what it gave before each statement when that is undone', () => {
    fc.assert(
      fc.property(conversations, ({ library, log, turns }) => {
        const { id, at } = log.at(-1)!;
        const undone = library.people([...log, { kind: 'undo', entries: [id], id: id + 1, at }]);
        expect(undone).toEqual(turns.at(-1)!.before);
      }),
    );
  });

  it('does not depend on what it was asked before', () => {
    fc.assert(
      fc.property(conversations, ({ library, log }) => {
        expect(new DecidedFaces(library.faces, library.options).people(log)).toEqual(library.people(log));
      }),
    );
  });

  it('gives the same people in any order of independent decisions', () => {
    fc.assert(
      fc.property(libraries, fc.integer(), (library, seed) => {
        const random = createRandom(seed);
        // Of each person as they are at first, one thing is said: nothing that needs anything else to be said before.
        const said = library.people([]).list.flatMap(({ faceIds }, i): Decision[] => {
          const [face, ...others] = faceIds as [number, ...number[]];
          const entry = { id: i + 1, at: '2024-05-01T10:00:00.000Z' };
          switch (Math.floor(random() * 7)) {
            case 0:
              return [{ ...entry, kind: 'name', person: null, face, name: `Name ${i}` }];
            case 1:
              return others.length > 0 ? [{ ...entry, kind: 'is', person: null, face, faces: others }] : [];
            case 2:
              return others.length > 0 ? [{ ...entry, kind: 'leave', faces: [others[0]!], from: face }] : [];
            case 3:
              return others.length > 0
                ? [{ ...entry, kind: 'split', faces: others.slice(0, 2), from: face }]
                : [{ ...entry, kind: 'not-a-face', faces: [face] }];
            case 4:
              return [{ ...entry, kind: 'ignore', faces: faceIds, whole: true }];
            case 5:
              return others.length > 0 ? [{ ...entry, kind: 'same', faces: [face, others[0]!] }] : [];
            default:
              return [];
          }
        });
        const order = said.map((decision) => ({ decision, key: random() })).sort((a, b) => a.key - b.key);
        const again = order.map(({ decision }, i): Decision => ({ ...decision, id: i + 1 }));
        // Ids say when somebody was spoken of first, and so they differ.
        const withoutIds = (people: People): unknown =>
          people.list.map(({ name, faceIds }) => ({ name, faceIds })).sort((a, b) => a.faceIds[0]! - b.faceIds[0]!);
        const [one, other] = [library.people(said), library.people(again)];
        expect(withoutIds(other)).toEqual(withoutIds(one));
        expect(new Map([...other.aside].sort())).toEqual(new Map([...one.aside].sort()));
      }),
      { numRuns: 200 },
    );
  });

  it('finds people by every id they ever had', () => {
    fc.assert(
      fc.property(conversations, ({ log, turns }) => {
        const last = turns.at(-1)!.after;
        const stands = new Set(readLog(log).standing.map(({ id }) => `p${id}`));
        for (const { before } of turns) {
          for (const { id, faceIds, known } of before.list) {
            if (id.startsWith('p') && !stands.has(id)) continue;
            const found = findPerson(last, id);
            // They are gone only where all who they could be told by are set aside: also the face that they were first known
            // by, which may have been with somebody else for a while.
            const toldBy = known ? [...faceIds, known.firstFace] : faceIds;
            if (!found) expect(toldBy.some((face) => last.aside.has(face))).toBe(true);
          }
        }
      }),
    );
  });
});
