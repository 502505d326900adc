/**
 * How to lay out equal squares so that they are as large as the room allows.
 *
 * @param largest side of a square that is never exceeded
 * @returns columns and side length in whole pixels
 */
export function packSquares(
  count: number,
  width: number,
  height: number,
  gap: number,
  largest: number,
): { columns: number; side: number } {
  let best = { columns: 1, side: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const side = Math.floor(
      Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows, largest),
    );
    // With fewer columns the rows are fuller.
    if (side > best.side) best = { columns, side };
  }
  return best;
}
