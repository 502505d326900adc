/** A span of calendar days, both included, as `YYYY-MM-DD`. */
export interface DateSpan {
  /** For people, such as `Summer 2019`. */
  label: string;
  /** Undefined where it has no beginning. */
  from?: string;
  to?: string;
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** First month and its length in months; winter begins in the December of its year. */
const seasons: Readonly<Record<string, { label: string; month: number }>> = {
  spring: { label: 'Spring', month: 3 },
  summer: { label: 'Summer', month: 6 },
  autumn: { label: 'Autumn', month: 9 },
  fall: { label: 'Autumn', month: 9 },
  winter: { label: 'Winter', month: 12 },
};

const year = '(1[89]\\d\\d|20\\d\\d)';

/**
 * Reads a date as people write it: `2019`, `1990s`, `May 2011`, `2011-05`, `3 May 2011`, `summer 2019`, `Christmas 2010`,
 * two of these with a dash or `to` between them, and `since`, `before` or `until` one of them.
 *
 * @returns undefined for anything else
 */
export function readDates(text: string): DateSpan | undefined {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ').replace(/,/g, '');
  const single = readSpan(words);
  if (single) return single;
  const open = /^(since|from|after|before|until|till) (.+)$/.exec(words);
  const span = open ? readSpan(open[2]!) : undefined;
  if (open && span) return readOpen(open[1]!, span);
  for (const [separator, { index }] of separators(words)) {
    const first = readSpan(words.slice(0, index).replace(/^(from|between) /, ''));
    const last = readSpan(words.slice(index + separator.length));
    if (first?.from === undefined || last?.to === undefined || first.from > last.to) continue;
    return { label: `${first.label}–${last.label}`, from: first.from, to: last.to };
  }
  return undefined;
}

function separators(words: string): [string, { index: number }][] {
  return [...words.matchAll(/ ?[-–—] ?| (?:to|until|till|and) /g)].map((match) => [match[0], { index: match.index }]);
}

function readOpen(word: string, span: DateSpan): DateSpan | undefined {
  const label = span.label;
  switch (word) {
    case 'since':
    case 'from':
      return span.from === undefined ? undefined : { label: `Since ${label}`, from: span.from };
    case 'after':
      return span.to === undefined ? undefined : { label: `After ${label}`, from: shifted(span.to, 1) };
    case 'before':
      return span.from === undefined ? undefined : { label: `Before ${label}`, to: shifted(span.from, -1) };
    default:
      return span.to === undefined ? undefined : { label: `Until ${label}`, to: span.to };
  }
}

function readSpan(words: string): DateSpan | undefined {
  return readYears(words) ?? readMonth(words) ?? readDay(words) ?? readSeason(words) ?? readFeast(words);
}

function readYears(words: string): DateSpan | undefined {
  const [, y, decade] = new RegExp(`^${year}(s?)$`).exec(words) ?? [];
  if (y === undefined) return undefined;
  if (decade === '') return { label: y, from: `${y}-01-01`, to: `${y}-12-31` };
  return y.endsWith('0') ? { label: `${y}s`, from: `${y}-01-01`, to: `${y.slice(0, 3)}9-12-31` } : undefined;
}

function readMonth(words: string): DateSpan | undefined {
  const [, name, y] = new RegExp(`^([a-z]+)\\.? ${year}$`).exec(words) ?? [];
  if (name !== undefined) return monthSpan(y!, monthNumber(name));
  const [, first, month] = new RegExp(`^${year}[-/.](\\d\\d?)$`).exec(words) ?? [];
  if (first !== undefined) return monthSpan(first, Number(month));
  const [, before, last] = new RegExp(`^(\\d\\d?)[/.]${year}$`).exec(words) ?? [];
  return before === undefined ? undefined : monthSpan(last!, Number(before));
}

function readDay(words: string): DateSpan | undefined {
  const iso = new RegExp(`^${year}-(\\d\\d?)-(\\d\\d?)$`).exec(words);
  if (iso) return daySpan(iso[1]!, Number(iso[2]), Number(iso[3]));
  const [, d, name, y] = new RegExp(`^(\\d\\d?)(?:st|nd|rd|th|\\.)? ([a-z]+)\\.? ${year}$`).exec(words) ?? [];
  if (d !== undefined) return daySpan(y!, monthNumber(name!), Number(d));
  const american = new RegExp(`^([a-z]+)\\.? (\\d\\d?)(?:st|nd|rd|th)? ${year}$`).exec(words);
  return american ? daySpan(american[3]!, monthNumber(american[1]!), Number(american[2])) : undefined;
}

/** By the seasons of the northern half of the world. */
function readSeason(words: string): DateSpan | undefined {
  const [, name, y] = new RegExp(`^([a-z]+) ${year}$`).exec(words) ?? [];
  const season = name === undefined ? undefined : seasons[name];
  if (!season) return undefined;
  const { month, label } = season;
  const from = dayOf(Number(y), month, 1);
  return { label: `${label} ${y}`, from, to: shifted(dayOf(Number(y), month + 3, 1), -1) };
}

function readFeast(words: string): DateSpan | undefined {
  const [, feast, y] = new RegExp(`^(.+) ${year}$`).exec(words) ?? [];
  switch (feast) {
    case 'christmas':
    case 'xmas':
      return { label: `Christmas ${y}`, from: `${y}-12-24`, to: `${y}-12-26` };
    case 'halloween':
      return { label: `Halloween ${y}`, from: `${y}-10-31`, to: `${y}-10-31` };
    case 'new year':
    case "new year's":
      return { label: `New Year ${y}`, from: `${Number(y) - 1}-12-31`, to: `${y}-01-01` };
    case 'easter': {
      const sunday = easterSunday(Number(y));
      return { label: `Easter ${y}`, from: shifted(sunday, -2), to: shifted(sunday, 1) };
    }
    default:
      return undefined;
  }
}

/** From three letters on, 0 for none. */
function monthNumber(name: string): number {
  if (name.length < 3) return 0;
  return monthNames.findIndex((month) => month.toLowerCase().startsWith(name === 'sept' ? 'sep' : name)) + 1;
}

function monthSpan(y: string, month: number): DateSpan | undefined {
  const name = monthNames[month - 1];
  if (name === undefined) return undefined;
  return { label: `${name} ${y}`, from: dayOf(Number(y), month, 1), to: shifted(dayOf(Number(y), month + 1, 1), -1) };
}

function daySpan(y: string, month: number, day: number): DateSpan | undefined {
  const name = monthNames[month - 1];
  if (name === undefined) return undefined;
  const date = dayOf(Number(y), month, day);
  // There is no 31 April.
  if (Number(date.slice(8)) !== day || Number(date.slice(5, 7)) !== month) return undefined;
  return { label: `${day} ${name} ${y}`, from: date, to: date };
}

/** Months and days beyond their ends count on into the next. */
function dayOf(y: number, month: number, day: number): string {
  return new Date(Date.UTC(y, month - 1, day)).toISOString().slice(0, 10);
}

function shifted(day: string, by: number): string {
  return new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10);
}

/** Of the Gregorian calendar, by Butcher's algorithm. */
function easterSunday(y: number): string {
  const a = y % 19;
  const b = Math.floor(y / 100);
  const c = y % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayOf(y, Math.floor(sum / 31), (sum % 31) + 1);
}
