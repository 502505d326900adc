import type { FilterProblem, PhotoFilter } from '../../../../app/contract/search.ts';
import { fileName, plural } from '../../../ui/format.ts';
import { formatDates } from './dates-text.ts';
import type { FilterPart, PersonRole } from './filter-edits.ts';
import { formatArea } from './place-text.ts';

/** Somebody as a chip shows them. */
export interface NamedPerson {
  name: string;
  coverFaceId: number | null;
}

/** A part of a filter that can be changed and taken away. */
export interface Chip {
  /** Tells it from the others. */
  key: string;
  what: { kind: 'person'; id: string; role: PersonRole } | { kind: FilterPart };
  text: string;
  faceId: number | null;
  /** Why it cannot be what it says, in plain words, or null. */
  problem: string | null;
}

/** A word of the sentence that is only there to be read, or a chip. */
export type SentencePart = string | Chip;

/**
 * A filter as a sentence: “Photos of Ann and Ben, without Cy, 2004–2008, in Holidays”. A comma ends the word or the chip
 * before it: it comes as a part of its own.
 */
export function sentenceOf(
  filter: PhotoFilter,
  personOf: (id: string) => NamedPerson | undefined,
  problems: readonly FilterProblem[] = [],
): SentencePart[] {
  const people = (role: PersonRole): Chip[] =>
    (filter[role] ?? []).map((id) => {
      const person = personOf(id);
      const gone = problems.some((problem) => problem.kind === 'person-gone' && problem.person === id);
      return {
        key: `person-${id}`,
        what: { kind: 'person', id, role },
        text: gone ? 'somebody who is gone' : person === undefined ? '…' : person.name || 'somebody unnamed',
        faceId: gone ? null : (person?.coverFaceId ?? null),
        problem: gone ? problemText({ kind: 'person-gone', person: id }) : null,
      };
    });
  const part = (kind: FilterPart, text: string, problem: string | null = null): Chip => ({
    key: kind,
    what: { kind },
    text,
    faceId: null,
    problem,
  });

  const clauses: SentencePart[][] = [];
  const [all, any, none] = [people('all'), people('any'), people('none')];
  if (all.length > 0) clauses.push(['of', ...listed(all, 'and')]);
  if (any.length > 0) clauses.push([all.length > 0 ? 'with' : 'of', ...listed(any, 'or')]);
  if (filter.only === true) clauses.push([part('only', 'nobody else')]);
  if (none.length > 0) clauses.push(['without', ...listed(none, 'or')]);
  if (filter.leastPeople !== undefined || filter.mostPeople !== undefined) {
    clauses.push(['with', part('count', countInWords(filter))]);
  }
  if (filter.unnamed !== undefined) {
    clauses.push([part('unnamed', filter.unnamed ? 'with unnamed faces' : 'with everybody named')]);
  }
  if (filter.from !== undefined || filter.to !== undefined) {
    clauses.push([part('dates', formatDates(filter.from, filter.to))]);
  }
  if (filter.folder !== undefined) {
    clauses.push(['in', part('folder', fileName(filter.folder), folderProblem(filter.folder, problems))]);
  }
  if (filter.place !== undefined) clauses.push(['taken', part('place', formatArea(filter.place))]);
  if (filter.camera !== undefined) clauses.push(['with a', part('camera', filter.camera)]);
  if (filter.text !== undefined) clauses.push(['called', part('text', `“${filter.text}”`)]);

  if (clauses.length === 0) return ['All photos'];
  return ['Photos', ...clauses.flatMap((clause, index) => (index > 0 ? [',', ...clause] : clause))];
}

/** What is missing of what a filter names, in plain words. */
export function problemText(problem: FilterProblem): string {
  switch (problem.kind) {
    case 'person-gone':
      return 'No photo shows this person any more.';
    case 'folder-gone':
      return 'This folder is not in the library any more.';
    case 'folder-offline':
      return 'The drive of this folder is not connected: its photos can be seen, but not opened.';
  }
}

/** A sentence as plain text, for titles and for the name of an album. */
export const sentenceText = (parts: readonly SentencePart[]): string =>
  parts
    .map((part) => (typeof part === 'string' ? part : part.text))
    .join(' ')
    .replaceAll(' ,', ',');

/** `Ann, Ben and Cy`. */
function listed(chips: readonly Chip[], word: 'and' | 'or'): SentencePart[] {
  return chips.flatMap((chip, index): SentencePart[] =>
    index === 0 ? [chip] : index === chips.length - 1 ? [word, chip] : [',', chip],
  );
}

function countInWords({ leastPeople: least = 0, mostPeople: most }: PhotoFilter): string {
  if (most === undefined) return least === 0 ? 'any number of people' : `${people(least)} or more`;
  if (most === 0) return 'nobody in them';
  if (least === most) return people(most);
  return least === 0 ? `${people(most)} at the most` : `${least} to ${people(most)}`;
}

const people = (count: number): string => plural(count, 'person', 'people');

function folderProblem(folder: string, problems: readonly FilterProblem[]): string | null {
  const problem = problems.find((other) => other.kind !== 'person-gone' && other.folder === folder);
  return problem ? problemText(problem) : null;
}
