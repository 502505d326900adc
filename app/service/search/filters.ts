import type { Database } from 'better-sqlite3';
import type { FilterChoices, FilterProblem, FoundPhotos, PhotoFilter, Suggestion } from '../../contract/search.ts';
import { isFolderOnline } from '../../library/folder-online.ts';
import { listFolders } from '../../library/folders.store.ts';
import { findPerson } from '../../people/people.ts';
import { countChoices, foldersAbove, type CountedChoices } from '../../search/choices.ts';
import type { PhotoColumns } from '../../search/columns.ts';
import { filterPhotos, isWithin } from '../../search/filter.ts';
import { filesWithWords } from '../../search/search.store.ts';
import { suggestMeanings } from '../../search/suggest.ts';
import type { LibraryColumns } from './library-columns.ts';

/** Finds photos by who is in them, when, where and under which name they lie. */
export interface Filters {
  /** Rows of the photos, in the order of the timeline. */
  rows(filter: PhotoFilter): Int32Array;
  find(filter: PhotoFilter): Promise<FoundPhotos>;
  problems(filter: PhotoFilter): Promise<FilterProblem[]>;
  choices(): Promise<FilterChoices>;
  suggest(text: string): Suggestion[];
}

export function createFilters(db: Database, columns: LibraryColumns): Filters {
  let counted: { photos: PhotoColumns; roots: string; value: CountedChoices } | undefined;

  /** Asked for with every filter, and the same until photos come or go. */
  function counts(roots: readonly string[]): CountedChoices {
    const photos = columns.photos();
    const names = JSON.stringify(roots);
    if (counted?.photos !== photos || counted.roots !== names) {
      counted = { photos, roots: names, value: countChoices(photos, roots) };
    }
    return counted.value;
  }

  function rows({ all, any, none, text, ...filter }: PhotoFilter): Int32Array {
    const people = columns.people();
    const numbers = (ids: readonly string[]): number[] =>
      ids.map((id) => {
        const person = findPerson(people.people, id);
        return person === undefined ? -1 : people.numberOf.get(person)!;
      });
    return filterPhotos(columns.photos(), people, {
      ...filter,
      ...(all && { all: numbers(all) }),
      ...(any && { any: numbers(any) }),
      ...(none && { none: numbers(none) }),
      ...(text !== undefined && { files: filesWithWords(db, text) }),
    });
  }

  async function problems({ all = [], any = [], none = [], folder }: PhotoFilter): Promise<FilterProblem[]> {
    const { people } = columns.people();
    const gone = [...new Set([...all, ...any, ...none])].filter((id) => findPerson(people, id) === undefined);
    const found: FilterProblem[] = gone.map((person) => ({ kind: 'person-gone', person }));
    if (folder === undefined) return found;
    const concerned = listFolders(db).filter(({ path }) => isWithin(folder, path) || isWithin(path, folder));
    if (concerned.length === 0) return [...found, { kind: 'folder-gone', folder }];
    const online = await Promise.all(concerned.map((stored) => isFolderOnline(db, stored)));
    return online.includes(false) ? [...found, { kind: 'folder-offline', folder }] : found;
  }

  return {
    rows,
    problems,
    async find(filter) {
      const found = rows(filter);
      // Only now: looking for people may have brought new photos.
      const { ids } = columns.photos();
      return { ids: Array.from(found, (row) => ids[row]!), problems: await problems(filter) };
    },
    async choices() {
      const stored = listFolders(db);
      const online = await Promise.all(stored.map((folder) => isFolderOnline(db, folder)));
      const { folders, ...others } = counts(stored.map(({ path }) => path));
      return {
        ...others,
        folders: folders.map(({ path, photos }) => {
          const holding = stored.findIndex((folder) => isWithin(path, folder.path));
          return { path, photos, online: online[holding] ?? true };
        }),
      };
    },
    suggest(text) {
      const { list } = columns.people().people;
      const { cameraNames, folderPaths } = columns.photos();
      const roots = listFolders(db).map(({ path }) => path);
      const meanings = suggestMeanings(text, {
        people: list.filter(({ name, known }) => name !== '' && !known?.hidden),
        folders: [...new Set(folderPaths.flatMap((path) => foldersAbove(path, roots)))].sort(),
        cameras: cameraNames,
      });
      return meanings
        .map((meaning) => ({ ...meaning, photos: rows(meaning.filter).length }))
        .filter(({ kind, photos }) => photos > 0 || kind === 'text' || kind === 'dates');
    },
  };
}
