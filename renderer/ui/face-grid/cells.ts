/** A grid of equal squares, as many side by side as fit. */
export interface CellLayout {
  columns: number;
  /** Side of a square in CSS pixels. */
  size: number;
  gap: number;
  rows: number;
  height: number;
}

/** @param smallest side that squares must at least have; they grow to fill the width */
export function layoutCells(count: number, width: number, smallest: number, gap: number): CellLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (smallest + gap)));
  const size = Math.min(Math.max(0, (width - (columns - 1) * gap) / columns), smallest * 1.6);
  const rows = Math.ceil(count / columns);
  return { columns, size, gap, rows, height: Math.max(0, rows * (size + gap) - gap) };
}

/** The cells, first and behind last, whose rows touch a stretch of the grid's own pixels. */
export function cellsBetween(layout: CellLayout, count: number, top: number, bottom: number): [number, number] {
  const pitch = layout.size + layout.gap;
  const first = Math.min(layout.rows, Math.max(0, Math.floor(top / pitch)));
  const behind = Math.min(layout.rows, Math.max(first, Math.ceil(bottom / pitch)));
  return [first * layout.columns, Math.min(count, behind * layout.columns)];
}

/** Where a key leads from a cell, or undefined for keys that mean nothing here. */
export function movedCell(
  key: string,
  index: number,
  count: number,
  { columns }: CellLayout,
  pageRows: number,
): number | undefined {
  const last = count - 1;
  const vertical = (rows: number): number => {
    const to = index + rows * columns;
    if (to >= 0 && to <= last) return to;
    // Beyond the ends: as far as the column goes, except that a shorter last row can still be reached.
    const column = index % columns;
    if (to < 0) return column;
    const bottomRow = Math.floor(last / columns);
    return Math.floor(index / columns) === bottomRow ? index : Math.min(last, bottomRow * columns + column);
  };
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'ArrowUp':
      return vertical(-1);
    case 'ArrowDown':
      return vertical(1);
    case 'PageUp':
      return vertical(-Math.max(1, pageRows));
    case 'PageDown':
      return vertical(Math.max(1, pageRows));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
