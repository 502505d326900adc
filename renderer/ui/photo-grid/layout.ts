/** Photos in columns, in the order in which they are shown. */
export interface PhotoColumns {
  ids: readonly number[];
  /** Oriented width / height. */
  aspects: readonly number[];
  /** `YYYY-MM-DD` or '' per photo; without it the grid has no headers. */
  days?: readonly string[];
}

export interface LayoutOptions {
  /** CSS pixels, as all lengths here. */
  width: number;
  /** Height that rows come close to. */
  rowHeight: number;
  gap: number;
  /** Room above each section for its header. */
  headerHeight: number;
  /** Room above each row in which a day begins. */
  dayHeight: number;
}

/** A header, and the photos under it. */
export interface SectionMark {
  /** `YYYY-MM` or `YYYY`, or '' for photos without a date. */
  key: string;
  top: number;
  /** Index of the first photo. */
  first: number;
  count: number;
}

/** What the headers of a grid stand for; `none` is a grid without headers. */
export type Period = 'month' | 'year' | 'none';

/** Where every photo of a grid is. Rows and photos are columns, so that 100,000 photos take milliseconds. */
export interface GridLayout {
  period: Period;
  height: number;
  rows: number;
  /** Top of the photos of each row. */
  rowTop: Float64Array;
  rowHeight: Float32Array;
  /** First photo of each row; one entry more than rows. */
  rowFirst: Int32Array;
  /** Left edge and width of each photo. */
  left: Float32Array;
  width: Float32Array;
  sections: SectionMark[];
}

/** Wider or narrower photos are shown cropped: a panorama must not become a thread. */
const narrowest = 0.5;
const widest = 3.2;

const clampAspect = (aspect: number): number => Math.min(widest, Math.max(narrowest, aspect || 1));

/**
 * Justified rows: each row is filled with whole photos and then scaled to the width, so that it ends near `rowHeight`.
 * The last row of a section keeps `rowHeight` and its ragged end. Greedy: a row is closed before or after the photo that
 * overfills it, whichever leaves the height nearer to the wanted one.
 */
export function layoutPhotos(photos: PhotoColumns, options: LayoutOptions): GridLayout {
  const { width: full, rowHeight, gap, headerHeight, dayHeight } = options;
  const { aspects, days } = photos;
  const count = aspects.length;
  const period = days ? periodOf(days) : 'none';
  const rowTop = new Float64Array(count);
  const rowHeights = new Float32Array(count);
  const rowFirst = new Int32Array(count + 1);
  const left = new Float32Array(count);
  const width = new Float32Array(count);
  const sections: SectionMark[] = [];
  let rows = 0;
  let y = 0;

  const closeRow = (first: number, end: number, aspectSum: number, last: boolean): void => {
    const room = full - gap * (end - first - 1);
    const justified = room / aspectSum;
    const height = last ? Math.min(justified, rowHeight) : justified;
    if (days && beginsDay(days, first, end)) y += dayHeight;
    let x = 0;
    for (let i = first; i < end; i++) {
      const w = clampAspect(aspects[i] ?? 1) * height;
      left[i] = x;
      width[i] = w;
      x += w + gap;
    }
    rowTop[rows] = y;
    rowHeights[rows] = height;
    rowFirst[rows] = first;
    rows++;
    y += height + gap;
  };

  let start = 0;
  while (start < count) {
    const end = days ? sectionEnd(days, start, period) : count;
    if (days && period !== 'none') {
      if (start > 0) y += headerHeight * 0.5;
      sections.push({ key: sectionKey(days[start], period), top: y, first: start, count: end - start });
      y += headerHeight;
    }
    let first = start;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const aspect = clampAspect(aspects[i] ?? 1);
      const heightWithout = sum > 0 ? (full - gap * (i - first - 1)) / sum : Infinity;
      const heightWith = (full - gap * (i - first)) / (sum + aspect);
      if (heightWith <= rowHeight) {
        const closeBefore = sum > 0 && heightWithout - rowHeight < rowHeight - heightWith;
        const rowEnd = closeBefore ? i : i + 1;
        closeRow(first, rowEnd, closeBefore ? sum : sum + aspect, false);
        first = rowEnd;
        sum = closeBefore ? aspect : 0;
      } else {
        sum += aspect;
      }
    }
    if (first < end) closeRow(first, end, sum, true);
    start = end;
  }
  rowFirst[rows] = count;
  return {
    period,
    height: Math.max(0, y - gap),
    rows,
    rowTop: rowTop.subarray(0, rows),
    rowHeight: rowHeights.subarray(0, rows),
    rowFirst: rowFirst.subarray(0, rows + 1),
    left,
    width,
    sections,
  };
}

/** Does photo `index` begin a day? Photos without a date begin none. */
export function isDayStart(days: readonly string[], index: number): boolean {
  return days[index] !== '' && (index === 0 || days[index] !== days[index - 1]);
}

function beginsDay(days: readonly string[], first: number, end: number): boolean {
  for (let i = first; i < end; i++) if (isDayStart(days, i)) return true;
  return false;
}

const keyLengths = { month: 7, year: 4, none: 0 } as const;
const sectionKey = (day = '', period: Period): string => day.slice(0, keyLengths[period]);

function sectionEnd(days: readonly string[], start: number, period: Period): number {
  const key = sectionKey(days[start], period);
  let end = start + 1;
  while (end < days.length && sectionKey(days[end], period) === key) end++;
  return end;
}

/** The shortest period whose sections hold enough photos that the headers do not take more room than them. */
export function periodOf(days: readonly string[]): Period {
  for (const period of ['month', 'year'] as const) {
    let sections = 0;
    for (let i = 0; i < days.length; i = sectionEnd(days, i, period)) sections++;
    if (days.length >= 8 * sections) return period;
  }
  return 'none';
}

/** The last entry of an ascending list that is not above `value`; 0 when all are. */
function lastAtOrBelow(length: number, at: (index: number) => number, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(middle) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row at height `y`, or the nearest one above it. */
export function rowAt(layout: GridLayout, y: number): number {
  return lastAtOrBelow(layout.rows, (row) => layout.rowTop[row] ?? 0, y);
}

/** The row that photo `index` is in. */
export function rowOf(layout: GridLayout, index: number): number {
  return lastAtOrBelow(layout.rows, (row) => layout.rowFirst[row] ?? 0, index);
}

/** The section at height `y`. */
export function sectionAt(layout: GridLayout, y: number): SectionMark | undefined {
  const { sections } = layout;
  return sections[lastAtOrBelow(sections.length, (section) => sections[section]?.top ?? 0, y)];
}

export type MoveKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End' | 'PageUp' | 'PageDown';

/** The photo that a key leads to from photo `index`; `page` is the height of what can be seen. */
export function movedIndex(layout: GridLayout, index: number, key: MoveKey, page: number): number {
  const last = layout.left.length - 1;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1);
    case 'ArrowRight':
      return Math.min(last, index + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default: {
      const row = rowOf(layout, index);
      const top = layout.rowTop[row] ?? 0;
      const target = {
        ArrowUp: row - 1,
        ArrowDown: row + 1,
        // The first row that is no more than a page above; at the top, the first there is.
        PageUp: top <= page ? Math.min(row - 1, 0) : Math.min(row - 1, rowAt(layout, top - page - 1) + 1),
        PageDown: Math.max(row + 1, rowAt(layout, top + page)),
      }[key];
      if (target < 0 || target >= layout.rows) return index;
      return nearestInRow(layout, target, (layout.left[index] ?? 0) + (layout.width[index] ?? 0) / 2);
    }
  }
}

function nearestInRow(layout: GridLayout, row: number, x: number): number {
  const first = layout.rowFirst[row] ?? 0;
  const end = layout.rowFirst[row + 1] ?? first + 1;
  let best = first;
  for (let i = first; i < end; i++) {
    const centre = (layout.left[i] ?? 0) + (layout.width[i] ?? 0) / 2;
    const bestCentre = (layout.left[best] ?? 0) + (layout.width[best] ?? 0) / 2;
    if (Math.abs(centre - x) < Math.abs(bestCentre - x)) best = i;
  }
  return best;
}
