import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isDayStart,
  layoutPhotos,
  movedIndex,
  periodOf,
  rowAt,
  rowOf,
  sectionAt,
  type MoveKey,
} from '../../../renderer/ui/photo-grid/layout.ts';

const options = { width: 1000, rowHeight: 200, gap: 4, headerHeight: 48, dayHeight: 30 };

const columns = (aspects: number[], days?: string[]) => ({
  ids: aspects.map((_, i) => i + 1),
  aspects,
  ...(days && { days }),
});

/** Days, newest first, with `perMonth` photos in each month. */
const monthly = (count: number, perMonth: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const month = Math.floor(i / perMonth);
    return `${2024 - Math.floor(month / 12)}-${String(12 - (month % 12)).padStart(2, '0')}-15`;
  });

describe('layoutPhotos', () => {
  test('fills every row but the last, in order, without overlaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 12, noNaN: true }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 320, max: 3000 }),
        (aspects, width) => {
          const layout = layoutPhotos(columns(aspects), { ...options, width });
          let bottom = -Infinity;
          for (let row = 0; row < layout.rows; row++) {
            const first = layout.rowFirst[row]!;
            const end = layout.rowFirst[row + 1]!;
            expect(end).toBeGreaterThan(first);
            expect(layout.rowTop[row]!).toBeGreaterThan(bottom);
            bottom = layout.rowTop[row]! + layout.rowHeight[row]!;
            let x = 0;
            for (let i = first; i < end; i++) {
              expect(layout.left[i]!).toBeCloseTo(x, 1);
              x += layout.width[i]! + options.gap;
            }
            const right = x - options.gap;
            if (row < layout.rows - 1) expect(right).toBeCloseTo(width, 0);
            else expect(right).toBeLessThanOrEqual(width + 0.5);
          }
          expect(layout.rowFirst[layout.rows]).toBe(aspects.length);
          expect(layout.height).toBeCloseTo(bottom, 1);
        },
      ),
    );
  });

  test('rows come near the wanted height', () => {
    const aspects = Array.from({ length: 200 }, (_, i) => [1.5, 0.75, 1.333, 1.78][i % 4]!);
    const layout = layoutPhotos(columns(aspects), options);
    for (const height of layout.rowHeight.subarray(0, -1)) {
      expect(height).toBeGreaterThan(130);
      expect(height).toBeLessThan(300);
    }
  });

  test('a panorama and a sliver are shown cropped, not as threads', () => {
    const layout = layoutPhotos(columns([40, 0.01, 0]), options);
    for (let i = 0; i < 3; i++) {
      const height = layout.rowHeight[rowOf(layout, i)]!;
      expect(layout.width[i]! / height).toBeGreaterThanOrEqual(0.49);
      expect(layout.width[i]! / height).toBeLessThanOrEqual(3.21);
    }
  });

  test('an empty library has no rows', () => {
    const layout = layoutPhotos(columns([], []), options);
    expect([layout.rows, layout.height, layout.sections]).toEqual([0, 0, []]);
  });

  test('each month starts a row under its header; photos without a date come under their own', () => {
    const days = [...monthly(40, 20), ...Array.from({ length: 10 }, () => '')];
    const layout = layoutPhotos(
      columns(
        days.map(() => 1.5),
        days,
      ),
      options,
    );
    expect(layout.sections.map(({ key, first, count }) => ({ key, first, count }))).toEqual([
      { key: '2024-12', first: 0, count: 20 },
      { key: '2024-11', first: 20, count: 20 },
      { key: '', first: 40, count: 10 },
    ]);
    for (const { first, top } of layout.sections) {
      const row = rowOf(layout, first);
      expect(layout.rowFirst[row]).toBe(first);
      const dayRoom = isDayStart(days, first) ? options.dayHeight : 0;
      expect(layout.rowTop[row]! - top).toBeCloseTo(options.headerHeight + dayRoom, 3);
      expect(sectionAt(layout, layout.rowTop[row]! + 1)?.first).toBe(first);
    }
  });
});

test('sections are as long as they must be to hold some photos', () => {
  expect(periodOf(monthly(100, 10))).toBe('month');
  expect(periodOf(monthly(100, 2))).toBe('year');
  expect(periodOf(['2024-01-01', '2020-05-05', '2011-07-07'])).toBe('none');
  expect(periodOf([])).toBe('month');
});

describe('places in a layout', () => {
  const layout = layoutPhotos(columns(Array.from({ length: 90 }, () => 1.5)), options);

  test('rowAt and rowOf agree with a plain search', () => {
    for (let i = 0; i < 90; i++) {
      const row = rowOf(layout, i);
      expect(layout.rowFirst[row]!).toBeLessThanOrEqual(i);
      expect(layout.rowFirst[row + 1]!).toBeGreaterThan(i);
      expect(rowAt(layout, layout.rowTop[row]! + 1)).toBe(row);
    }
    expect(rowAt(layout, -500)).toBe(0);
    expect(rowAt(layout, 1e9)).toBe(layout.rows - 1);
  });

  test('keys move by photo, by row and by page, and stop at the ends', () => {
    const go = (from: number, key: MoveKey): number => movedIndex(layout, from, key, 600);
    expect([go(0, 'ArrowLeft'), go(5, 'ArrowLeft'), go(5, 'ArrowRight'), go(89, 'ArrowRight')]).toEqual([0, 4, 6, 89]);
    expect([go(40, 'Home'), go(40, 'End')]).toEqual([0, 89]);
    expect(rowOf(layout, go(40, 'ArrowDown'))).toBe(rowOf(layout, 40) + 1);
    expect(rowOf(layout, go(40, 'ArrowUp'))).toBe(rowOf(layout, 40) - 1);
    expect(go(go(40, 'ArrowDown'), 'ArrowUp')).toBe(40);
    expect(go(1, 'ArrowUp')).toBe(1);
    expect(go(88, 'ArrowDown')).toBe(88);
    const paged = rowOf(layout, go(10, 'PageDown'));
    expect(layout.rowTop[paged]! - layout.rowTop[rowOf(layout, 10)]!).toBeGreaterThan(350);
    expect(rowOf(layout, go(go(10, 'PageDown'), 'PageUp'))).toBe(rowOf(layout, 10));
  });
});
