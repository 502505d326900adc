import { describe, expect, it } from 'vitest';
import type { DecisionRequest } from '../../../app/contract/procedures.ts';
import type { NewStatement } from '../../../app/people/decisions.ts';
import { interpret } from '../../../app/people/interpret.ts';
import { foldPeople, type People } from '../../../app/people/people.ts';
import { faceEntry, knownFrom, logOf } from './decided-faces.ts';

/** The people of six faces, of which the first four share a group, after this was said. */
function peopleAfter(...said: readonly NewStatement[]): People {
  const faces = [1, 2, 3, 4, 5, 6].map((id) => faceEntry(id));
  return foldPeople({ faces, labels: [1, 1, 1, 1, 5, 6], known: knownFrom(logOf(...said)) });
}

function meant(request: DecisionRequest, ...said: readonly NewStatement[]): NewStatement {
  const meaning = { people: peopleAfter(...said), photoOf: (face: number) => face, facesOfPhoto: () => [] };
  return interpret(request, meaning)!;
}

const named = (face: number): NewStatement => ({ kind: 'name', person: null, face, name: 'Ana' });

describe('the name of a person', () => {
  it.each(['reject', 'split'] as const)('stays with the others when its only certain face leaves: %s', (kind) => {
    const statement = meant({ kind, person: 'p1', faces: [2] }, named(2));
    const [ana] = knownFrom(logOf(named(2), statement)).people;
    expect(ana).toMatchObject({ id: 'p1', name: 'Ana', confirmed: [1], rejected: [2] });
  });

  it('needs nobody else to stay where more is certain', () => {
    const said: NewStatement[] = [named(2), { kind: 'is', person: 'p1', face: 2, faces: [3] }];
    expect(meant({ kind: 'reject', person: 'p1', faces: [2] }, ...said)).toEqual({
      kind: 'is-not',
      person: 'p1',
      faces: [2],
    });
    expect(meant({ kind: 'split', person: 'p1', faces: [2] }, ...said)).toEqual({ kind: 'split', faces: [2], from: 3 });
  });

  it('goes with the last face', () => {
    const statement = meant({ kind: 'reject', person: 'p1', faces: [1, 2, 3, 4] }, named(2));
    expect(knownFrom(logOf(named(2), statement)).people).toEqual([]);
  });
});
