import { describe, expect, test } from 'vitest';
import { cellsBetween, layoutCells, movedCell } from '../../../renderer/ui/face-grid/cells.ts';

describe('a grid of equal squares', () => {
  test('as many columns as fit, grown to fill the width', () => {
    const layout = layoutCells(25, 500, 88, 10);
    expect(layout.columns).toBe(5);
    expect(layout.size).toBeCloseTo(92);
    expect(layout.rows).toBe(5);
    expect(layout.height).toBeCloseTo(5 * 92 + 4 * 10);
  });

  test('an empty one has no height, a narrow one a single column', () => {
    expect(layoutCells(0, 500, 88, 10)).toMatchObject({ rows: 0, height: 0 });
    expect(layoutCells(3, 60, 88, 10)).toMatchObject({ columns: 1, rows: 3 });
  });

  test('only the rows in view are made, and never more than there are', () => {
    const layout = layoutCells(5000, 970, 88, 10);
    const [first, end] = cellsBetween(layout, 5000, 10_000, 10_800);
    expect(first % layout.columns).toBe(0);
    expect(end - first).toBeLessThan(120);
    expect(cellsBetween(layout, 5000, -900, -100)).toEqual([0, 0]);
    expect(cellsBetween(layout, 5000, 0, 1e9)).toEqual([0, 5000]);
    expect(cellsBetween(layout, 5000, 1e8, 1e9)).toEqual([5000, 5000]);
  });

  test('keys move as they are drawn', () => {
    const layout = layoutCells(12, 500, 88, 10);
    const move = (key: string, from: number): number | undefined => movedCell(key, from, 12, layout, 2);
    expect(move('ArrowRight', 4)).toBe(5);
    expect(move('ArrowRight', 11)).toBe(11);
    expect(move('ArrowLeft', 0)).toBe(0);
    expect(move('ArrowDown', 1)).toBe(6);
    // The last row has two faces: from above the gap one comes to its end.
    expect(move('ArrowDown', 8)).toBe(11);
    expect(move('ArrowDown', 10)).toBe(10);
    expect(move('ArrowUp', 3)).toBe(3);
    expect(move('PageDown', 0)).toBe(10);
    expect(move('PageUp', 11)).toBe(1);
    expect(move('Home', 7)).toBe(0);
    expect(move('End', 7)).toBe(11);
    expect(move('a', 7)).toBeUndefined();
  });
});
