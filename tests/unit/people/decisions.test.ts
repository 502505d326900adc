import { describe, expect, it } from 'vitest';
import { constraintsFrom, listKnownPeople, parseDecision, type Decision } from '../../../app/people/decisions.ts';

const at = '2024-05-01T10:00:00.000Z';

function naming(id: number, person: string | null, face: number, name: string): Decision {
  return { id, at, kind: 'name', person, face, name };
}

describe('parseDecision', () => {
  it('reads what was written', () => {
    const body = JSON.stringify({ person: null, face: 4, name: 'Ana <b>"x"</b> 👩' });
    expect(parseDecision({ id: 3, at, kind: 'name', body })).toEqual(naming(3, null, 4, 'Ana <b>"x"</b> 👩'));
  });

  it.each([
    ['name', 'not JSON'],
    ['name', '{"person":"f3","face":4,"name":"Ana"}'],
    ['name', '{"person":null,"name":"Ana"}'],
    ['dance', '{"person":null,"face":4,"name":"Ana"}'],
  ])('refuses a damaged entry of kind %s: %s', (kind, body) => {
    expect(() => parseDecision({ id: 3, at, kind, body })).toThrow(
      expect.objectContaining({ kind: 'library-damaged', message: expect.stringContaining('3') }),
    );
  });
});

describe('listKnownPeople', () => {
  it('gathers names and anchors by person', () => {
    const decisions = [
      naming(1, null, 10, 'Ana'),
      naming(2, null, 20, 'Bo'),
      naming(5, 'p1', 11, 'Anna'),
      naming(6, 'p2', 20, ''),
    ];
    expect(listKnownPeople(decisions)).toEqual([
      { id: 'p1', name: 'Anna', anchors: [10, 11], firstFace: 10 },
      { id: 'p2', name: '', anchors: [20], firstFace: 20 },
    ]);
  });
});

describe('constraintsFrom', () => {
  it('ties the anchors of one person and keeps those of two apart', () => {
    const decisions = [naming(1, null, 10, 'Ana'), naming(2, null, 20, 'Bo'), naming(3, 'p1', 11, 'Ana')];
    expect(constraintsFrom(decisions)).toEqual({
      same: [[10, 11]],
      different: [
        [10, 20],
        [11, 20],
      ],
    });
  });

  it('asks nothing for people whose name was taken away', () => {
    const decisions = [naming(1, null, 10, 'Ana'), naming(2, null, 20, 'Bo'), naming(3, 'p1', 10, '')];
    expect(constraintsFrom(decisions)).toEqual({ same: [], different: [] });
  });

  it('counts a face for whom it was last said to be', () => {
    const decisions = [naming(1, null, 10, 'Ana'), naming(2, null, 10, 'Bo')];
    expect(constraintsFrom(decisions)).toEqual({ same: [], different: [] });
  });
});
