import type { PhotoFilter, Suggestion } from '../contract/search.ts';
import { readDates } from './date-words.ts';

/** What there is that words may mean. */
export interface Vocabulary {
  people: readonly { id: string; name: string; coverFaceId: number }[];
  /** Absolute paths of folders, parents too. */
  folders: readonly string[];
  cameras: readonly string[];
}

/** Without the number of photos, which is for whoever can count them. */
export type Meaning = Omit<Suggestion, 'photos'>;

/** Longer runs of words are no name or date. */
const mostWords = 6;
const mostMeanings = 8;
const mostOfAKind = 3;

/**
 * What a text may mean, likeliest first: whole texts before parts of them, and then people, dates, folders, cameras. The
 * last one takes the text for words in file names.
 */
export function suggestMeanings(text: string, { people, folders, cameras }: Vocabulary): Meaning[] {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  // Once for all runs of the text.
  const vocabulary: NamedThings = {
    people: named(people, ({ name }) => name),
    folders: named(folders, lastName),
    cameras: named(cameras, (camera) => camera),
  };
  const meanings: Meaning[] = [];
  const seen = new Set<string>();
  for (const run of runsOf(words)) {
    for (const meaning of meaningsOf(run, vocabulary)) {
      const key = JSON.stringify(meaning.filter);
      if (seen.has(key)) continue;
      seen.add(key);
      meanings.push(meaning);
    }
  }
  return [
    ...meanings.slice(0, mostMeanings),
    { kind: 'text', label: words.join(' '), filter: { text: words.join(' ') }, coverFaceId: null },
  ];
}

/** Runs of consecutive words, the longest first. */
function* runsOf(words: readonly string[]): Iterable<string> {
  for (let length = Math.min(words.length, mostWords); length > 0; length--) {
    for (let start = 0; start + length <= words.length; start++) yield words.slice(start, start + length).join(' ');
  }
}

/** With the words of its name. */
interface Named<Thing> {
  thing: Thing;
  words: readonly string[];
}

type NamedThings = { [Kind in keyof Vocabulary]: readonly Named<Vocabulary[Kind][number]>[] };

function named<Thing>(things: readonly Thing[], nameOf: (thing: Thing) => string): Named<Thing>[] {
  return things.map((thing) => ({ thing, words: wordsOf(nameOf(thing)) }));
}

function meaningsOf(run: string, { people, folders, cameras }: NamedThings): Meaning[] {
  const asked = wordsOf(run);
  if (asked.length === 0) return [];
  const dates = readDates(run);
  return [
    ...called(people, asked).map(({ id, name, coverFaceId }) => meaning('person', name, { all: [id] }, coverFaceId)),
    ...(dates
      ? [meaning('dates', dates.label, { ...(dates.from && { from: dates.from }), ...(dates.to && { to: dates.to }) })]
      : []),
    ...called(folders, asked).map((folder) => meaning('folder', lastName(folder), { folder })),
    ...called(cameras, asked).map((camera) => meaning('camera', camera, { camera })),
  ];
}

/** The first few things whose names begin as the words that are asked for. */
function called<Thing>(things: readonly Named<Thing>[], asked: readonly string[]): Thing[] {
  return things
    .filter(({ words }) => beginAlike(asked, words))
    .slice(0, mostOfAKind)
    .map(({ thing }) => thing);
}

function meaning(
  kind: Meaning['kind'],
  label: string,
  filter: PhotoFilter,
  coverFaceId: number | null = null,
): Meaning {
  return { kind, label, filter, coverFaceId };
}

/** Every word that is asked for begins one of the name, in the same order. */
function beginAlike(asked: readonly string[], name: readonly string[]): boolean {
  let at = 0;
  for (const word of asked) {
    while (at < name.length && !name[at]!.startsWith(word)) at += 1;
    if (at++ >= name.length) return false;
  }
  return true;
}

/** In lower case and without accents. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function lastName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
