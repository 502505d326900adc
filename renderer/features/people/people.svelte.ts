import type { PersonSummary } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

const fold = (name: string): string => name.trim().toLocaleLowerCase();

/** Everyone in the library, and giving them names. */
export class PeopleState {
  list = $state.raw<PersonSummary[] | null>(null);
  problem = $state<string | null>(null);
  /** Who is selected, by id. */
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  scrollTop = 0;
  /** Whose page was opened last, for giving the focus back. */
  lastOpened: string | null = null;
  readonly client: Client;
  readonly refresh: () => Promise<void>;
  readonly #toasts: Toasts;
  #holds = 0;

  constructor(client: Client, toasts: Toasts) {
    this.client = client;
    this.#toasts = toasts;
    this.refresh = refresher(800, () => this.#load());
    client.on('people.changed', () => void this.refresh());
  }

  /** Keeps everybody in place while a name is being typed. @returns a function that ends it */
  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      if (this.#holds === 0) void this.refresh();
    };
  }

  /** Selects somebody, or no longer. */
  toggle(id: string): void {
    this.chosen = this.chosen.has(id)
      ? new Set([...this.chosen].filter((other) => other !== id))
      : new Set([...this.chosen, id]);
  }

  clearChosen(): void {
    this.chosen = new Set();
  }

  /** Named people whose name has a word that begins like this, the closest first. */
  namedLike(text: string, exceptId: string): PersonSummary[] {
    const wanted = fold(text);
    if (wanted === '') return [];
    const rank = ({ name }: PersonSummary): number =>
      fold(name) === wanted ? 0 : fold(name).startsWith(wanted) ? 1 : fold(name).includes(` ${wanted}`) ? 2 : 3;
    return (this.list ?? [])
      .filter((person) => person.name !== '' && person.id !== exceptId && rank(person) < 3)
      .sort((a, b) => rank(a) - rank(b) || b.faceCount - a.faceCount);
  }

  /** Somebody else who has this very name, upper and lower case aside. */
  namesake(name: string, exceptId: string): PersonSummary | undefined {
    return this.namedLike(name, exceptId).find((person) => fold(person.name) === fold(name));
  }

  /** Names a person and offers to undo it. Resolves with the person as they are now, or null when it failed. */
  async rename(person: { id: string; name: string }, name: string): Promise<PersonSummary | null> {
    const named = await this.#setName(person.id, name);
    if (named === null) return null;
    this.#toasts.show(name === '' ? `${person.name} has no name now.` : `Named ${name}.`, {
      label: 'Undo',
      run: () => void this.#setName(named.id, person.name),
    });
    return named;
  }

  async #setName(id: string, name: string): Promise<PersonSummary | null> {
    try {
      const named = await this.client.call('people.name', { id, name });
      // Shown at once; the list that follows puts everybody in their place.
      this.list = this.list?.map((other) => (other.id === id ? named : other)) ?? null;
      void this.refresh();
      return named;
    } catch (error) {
      this.#toasts.error(error);
      return null;
    }
  }

  async #load(): Promise<void> {
    try {
      const list = await this.client.call('people.list');
      if (this.#holds === 0) {
        this.list = list;
        const ids = new Set(list.map(({ id }) => id));
        if ([...this.chosen].some((id) => !ids.has(id))) {
          this.chosen = new Set([...this.chosen].filter((id) => ids.has(id)));
        }
      }
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }
}
