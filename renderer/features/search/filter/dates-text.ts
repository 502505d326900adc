import { formatDate, formatPeriod } from '../../../ui/format.ts';

/** The last day of a month given as `YYYY-MM`. */
function lastDay(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, '0')}`;
}

/** The first and the last day of a range of months, each `YYYY-MM`. */
export const daysOfMonths = (first: string, last: string): { from: string; to: string } => ({
  from: `${first}-01`,
  to: lastDay(last),
});

/** How exactly a day is meant at either end of a range: as the end of a year, of a month, or as itself. */
type Grain = 'year' | 'month' | 'day';

function grainOf(day: string, end: 'from' | 'to'): Grain {
  const month = day.slice(0, 7);
  if (day !== (end === 'from' ? `${month}-01` : lastDay(month))) return 'day';
  return month.slice(5) === (end === 'from' ? '01' : '12') ? 'year' : 'month';
}

const inWords = (day: string, grain: Grain): string =>
  grain === 'day' ? formatDate(day) : formatPeriod(day.slice(0, grain === 'year' ? 4 : 7));

const grains: readonly Grain[] = ['year', 'month', 'day'];

/** A range of days in words: `2004–2008`, `June 2019`, `3 Jun 2019 – 9 Jun 2019`, `since 2004`, `until May 2011`. */
export function formatDates(from: string | undefined, to: string | undefined): string {
  if (from === undefined && to === undefined) return 'any time';
  if (to === undefined) return `since ${inWords(from ?? '', grainOf(from ?? '', 'from'))}`;
  if (from === undefined) return `until ${inWords(to, grainOf(to, 'to'))}`;
  // Both ends are read alike, as the finer of the two.
  const grain = grains[Math.max(grains.indexOf(grainOf(from, 'from')), grains.indexOf(grainOf(to, 'to')))] ?? 'day';
  const [first, last] = [inWords(from, grain), inWords(to, grain)];
  if (first === last) return first;
  return grain === 'year' ? `${first}–${last}` : `${first} – ${last}`;
}
