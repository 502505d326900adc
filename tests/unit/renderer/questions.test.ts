import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEntry, ReviewQuestion } from '../../../app/contract/dto.ts';
import { groupByDay } from '../../../renderer/features/history/days.ts';
import { choicesOf, sayNo } from '../../../renderer/features/review/choices.ts';
import { packSquares } from '../../../renderer/features/review/pack.ts';
import { asksWho, describeQuestion } from '../../../renderer/features/review/question-text.ts';

const bea = { id: 'p9', name: 'Bea', faceCount: 3, coverFaceId: 90, distance: 0.2 };
const anna = { id: 'p1', name: 'Anna', faceCount: 5, coverFaceId: 11, distance: 0.1 };

const question = (a: string, b: string, more: Partial<ReviewQuestion> = {}): ReviewQuestion => ({
  id: '10-20',
  kind: 'between',
  a: { faceId: 10, personId: 'p1', name: a, faceCount: 5, faceIds: [10, 11, 12, 13] },
  b: { faceId: 20, personId: 'f20', name: b, faceCount: 2, faceIds: [20, 21] },
  distance: 0.1,
  probability: 0.5,
  candidates: [],
  ...more,
});

describe('questions', () => {
  test('are worded by what is asked', () => {
    const title = (...args: Parameters<typeof question>): string => describeQuestion(question(...args)).title;
    expect(title('', '')).toBe('Is this the same person?');
    expect(title('Anna', 'Bea')).toBe('Are Anna and Bea the same person?');
    expect(title('Anna', 'Anna', { kind: 'inside' })).toBe('Are these both Anna?');
    expect(title('', '', { kind: 'inside' })).toBe('Are all of these one person?');
    expect(title('Anna', '', { candidates: [anna, bea] })).toBe('Who is this?');
    expect(title('', 'Bea', { candidates: [anna, bea] })).toBe('Is Bea one of these?');
    // With nobody else to choose from there are only the two sides.
    expect(asksWho(question('Anna', ''))).toBe(false);
    expect(asksWho(question('Anna', '', { candidates: [anna] }))).toBe(false);
  });

  test('"Who is this?" offers whom it is about first, and everybody once', () => {
    const choices = choicesOf(question('Anna', '', { candidates: [bea, anna] }));
    expect(choices.map(({ name, faceIds, decision }) => ({ name, faceIds, decision }))).toEqual([
      { name: 'Anna', faceIds: [10, 11, 12], decision: { kind: 'same', a: 10, b: 20 } },
      { name: 'Bea', faceIds: [90], decision: { kind: 'same', a: 90, b: 20 } },
    ]);
    const nobody = { kind: 'different', a: 20, b: 10, others: [90, 11] };
    expect(sayNo(question('Anna', '', { candidates: [bea, anna] }))).toEqual(nobody);
    expect(sayNo(question('Anna', ''))).toEqual({ kind: 'different', a: 10, b: 20 });
  });
});

describe('faces on the screen', () => {
  test('are as large as the room allows', () => {
    expect(packSquares(1, 500, 400, 10, 340)).toEqual({ columns: 1, side: 340 });
    expect(packSquares(4, 410, 410, 10, 340)).toEqual({ columns: 2, side: 200 });
    expect(packSquares(12, 430, 320, 10, 340)).toEqual({ columns: 4, side: 100 });
    expect(packSquares(3, 1000, 90, 10, 340)).toEqual({ columns: 3, side: 90 });
  });

  test('never leave the room', () => {
    const length = fc.integer({ min: 130, max: 2000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), length, length, (count, width, height) => {
        const { columns, side } = packSquares(count, width, height, 10, 340);
        const rows = Math.ceil(count / columns);
        expect(columns * side + (columns - 1) * 10).toBeLessThanOrEqual(width);
        expect(rows * side + (rows - 1) * 10).toBeLessThanOrEqual(height);
      }),
    );
  });
});

test('history is put under days, and knows how much going back takes back', () => {
  const entry = (id: number, at: string, active = true): HistoryEntry => ({ id, at, text: '', faceIds: [], active });
  const entries = [entry(4, '2026-03-02T10:00'), entry(3, '2026-03-02T09:00', false), entry(2, '2026-03-01T09:00')];
  const days = groupByDay(entries, (instant) => instant.slice(0, 10));
  expect(days.map(({ day, entries: rows }) => [day, rows.map(({ entry: { id }, later }) => [id, later])])).toEqual([
    [
      '2026-03-02',
      [
        [4, 0],
        [3, 1],
      ],
    ],
    ['2026-03-01', [[2, 1]]],
  ]);
});
