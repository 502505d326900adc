import type { PersonDetail, PersonSummary } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';

/** The person whose page is open. */
export class PersonState {
  /** The one asked for, once they are loaded. */
  person = $state.raw<PersonDetail | null>(null);
  problem = $state<string | null>(null);
  /** Where each person's page was left. */
  readonly scrollTops = new Map<string, number>();
  readonly refresh: () => Promise<void>;
  readonly #client: Client;
  #id: string | null = null;

  constructor(client: Client) {
    this.#client = client;
    this.refresh = refresher(1000, () => this.#load());
    client.on('people.changed', () => void this.refresh());
  }

  /** Shows another person. */
  open(id: string): void {
    if (this.#id === id && this.person) return;
    this.#id = id;
    this.person = null;
    this.problem = null;
    void this.#load();
  }

  /** Takes up a new name, and the id that came with it, without loading anything. */
  renamed(id: string, named: PersonSummary): void {
    if (this.#id !== id || !this.person) return;
    this.#id = named.id;
    this.person = { ...this.person, ...named };
  }

  async #load(): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    try {
      const person = await this.#client.call('people.person', { id });
      if (this.#id === id) [this.person, this.problem] = [person, null];
    } catch (error) {
      if (this.#id === id) this.problem = toErrorData(error).message;
    }
  }
}
