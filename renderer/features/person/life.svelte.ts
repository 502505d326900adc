import type { OutputOf } from '../../../app/contract/procedures.ts';
import type { Client } from '../../client/client.ts';

/** What is told about a person's life: their face through the years, and whom they are seen with. */
export class LifeState {
  years = $state.raw<OutputOf<'people.years'>>([]);
  together = $state.raw<OutputOf<'people.together'>>([]);
  readonly #client: Client;
  #loads = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Loads both anew; where that fails what is shown stays, as the page itself tells what went wrong. */
  async load(id: string): Promise<void> {
    const load = ++this.#loads;
    try {
      const [years, together] = await Promise.all([
        this.#client.call('people.years', { id }),
        this.#client.call('people.together', { id }),
      ]);
      if (load === this.#loads) [this.years, this.together] = [years, together];
    } catch {
      // Somebody who is gone has no years.
    }
  }
}
