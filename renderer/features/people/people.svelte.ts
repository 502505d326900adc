import type { PersonSummary } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** Everyone in the library, and giving them names. */
export class PeopleState {
  list = $state.raw<PersonSummary[] | null>(null);
  problem = $state<string | null>(null);
  scrollTop = 0;
  /** Whose page was opened last, for giving the focus back. */
  lastOpened: string | null = null;
  readonly refresh: () => Promise<void>;
  readonly #client: Client;
  readonly #toasts: Toasts;
  #holds = 0;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
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
      const named = await this.#client.call('people.name', { id, name });
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
      const list = await this.#client.call('people.list');
      if (this.#holds === 0) this.list = list;
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }
}
