import type { Timeline } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { FilterChoices, FilterProblem, PhotoFilter, Suggestion } from '../../../app/contract/search.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { LibraryState } from '../library/library.svelte.ts';
import type { PeopleState } from '../people/people.svelte.ts';
import { filterFromQuery, filterToQuery, isEmpty } from './filter/filter-address.ts';
import { pickPhotos } from './pick-photos.ts';
import type { NamedPerson } from './filter/sentence.ts';

/** Finding photos by a filter. The filter is the address; this holds what it leads to. */
export class SearchState {
  filter = $state.raw<PhotoFilter>({});
  /** What was found by `filter`; null until it is. */
  found = $state.raw<{ ids: readonly number[]; problems: readonly FilterProblem[] } | null>(null);
  /** Why nothing could be looked for, in plain words. */
  problem = $state<string | null>(null);
  choices = $state.raw<FilterChoices | null>(null);
  /** The photos found, as a grid shows them; null until they are. */
  readonly photos: Timeline | null = $derived.by(() => {
    const { timeline } = this.#library;
    return this.found && timeline ? pickPhotos(timeline, this.found.ids) : null;
  });
  /** Where the results were left, and of what. */
  scrollTop = 0;
  readonly client: Client;
  readonly #library: LibraryState;
  readonly #people: PeopleState;
  readonly #refresh: () => Promise<void>;
  /** Who is not in the list of people by the id that the filter has for them. */
  #others = $state.raw<ReadonlyMap<string, NamedPerson | null>>(new Map());
  #query: string | null = null;
  #loads = 0;
  #watchers = 0;

  constructor(client: Client, library: LibraryState, people: PeopleState) {
    this.client = client;
    this.#library = library;
    this.#people = people;
    this.#refresh = refresher(600, () => this.#load());
    const changed = (): void => {
      this.#others = new Map();
      if (this.#watchers > 0) void this.#refresh();
    };
    client.on('library.changed', changed);
    client.on('people.changed', changed);
  }

  /** Looks for what an address says. */
  show(query: string): void {
    const filter = filterFromQuery(query);
    const wanted = filterToQuery(filter);
    if (wanted === this.#query && this.problem === null) return;
    this.#query = wanted;
    this.filter = filter;
    // What was found by another filter must not be taken for what this one finds.
    this.found = null;
    this.problem = null;
    this.scrollTop = 0;
    void this.#load();
  }

  /** Keeps what is shown true while the screen is open. @returns a function that ends it */
  watch(): () => void {
    this.#watchers++;
    // It may have changed while nobody was looking; what is only being looked for now has not.
    if (this.found !== null) void this.#refresh();
    return () => {
      this.#watchers--;
    };
  }

  /** Tries again after something went wrong, or the connection was lost. */
  async reload(): Promise<void> {
    if (this.#watchers > 0) await this.#load();
  }

  /** Whom an id stands for; undefined until that is known. */
  readonly personOf = (id: string): NamedPerson | undefined =>
    this.#people.list?.find((person) => person.id === id) ?? this.#others.get(id) ?? undefined;

  /** What typed words may mean; nothing where that cannot be found out now. */
  async suggest(text: string): Promise<Suggestion[]> {
    try {
      return await this.client.call('search.suggest', { text });
    } catch {
      return [];
    }
  }

  async #load(): Promise<void> {
    const load = ++this.#loads;
    const filter = this.filter;
    try {
      const [found, choices] = await Promise.all([
        isEmpty(filter) ? { ids: [], problems: [] } : this.client.call('search.photos', { filter }),
        this.client.call('search.choices'),
      ]);
      if (load !== this.#loads) return;
      [this.found, this.choices, this.problem] = [found, choices, null];
      await this.#lookUp([...(filter.all ?? []), ...(filter.any ?? []), ...(filter.none ?? [])]);
    } catch (error) {
      if (load !== this.#loads) return;
      const { kind, message } = toErrorData(error);
      // A lost connection has its own banner; what is shown stays until it is back.
      if (kind !== 'disconnected' || this.found === null) [this.found, this.problem] = [null, message];
    }
  }

  /** An old id keeps leading to the right person, but is not in the list of people. */
  async #lookUp(ids: readonly string[]): Promise<void> {
    const listed = new Set(this.#people.list?.map(({ id }) => id));
    for (const id of ids) {
      if (listed.has(id) || this.#others.has(id)) continue;
      let person: NamedPerson | null = null;
      try {
        person = await this.client.call('people.person', { id });
      } catch {
        // Nobody goes by it: the filter's own answer says so.
      }
      this.#others = new Map([...this.#others, [id, person]]);
    }
  }
}
