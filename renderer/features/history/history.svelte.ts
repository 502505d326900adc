import type { History } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import type { DecisionsState } from '../decisions/decisions.svelte.ts';

/** Everything that was ever said about people, while somebody looks at it. */
export class HistoryState {
  history = $state.raw<History | null>(null);
  problem = $state<string | null>(null);
  scrollTop = 0;
  readonly refresh: () => Promise<void>;
  readonly #client: Client;
  readonly #toasts: Toasts;
  readonly #decisions: DecisionsState;
  #watched = false;

  constructor(client: Client, toasts: Toasts, decisions: DecisionsState) {
    this.#client = client;
    this.#toasts = toasts;
    this.#decisions = decisions;
    this.refresh = refresher(300, () => this.#load());
    client.on('people.changed', () => {
      if (this.#watched) void this.refresh();
    });
  }

  /** Keeps the history up to date. @returns a function that ends it */
  watch(): () => void {
    this.#watched = true;
    void this.refresh();
    return () => (this.#watched = false);
  }

  async undo(): Promise<void> {
    await this.#decisions.undo();
    await this.refresh();
  }

  async redo(): Promise<void> {
    await this.#decisions.redo();
    await this.refresh();
  }

  /** Takes back everything that was said after an entry, or, given 0, everything; and offers to bring it back. */
  async jump(entry: number): Promise<void> {
    try {
      const result = await this.#client.call('history.jump', { entry });
      if (result.entry !== null) this.#toasts.show(`${result.text}.`, { label: 'Redo', run: () => void this.redo() });
    } catch (error) {
      this.#toasts.error(error);
    }
    await this.refresh();
  }

  async #load(): Promise<void> {
    try {
      this.history = await this.#client.call('history.list');
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }
}
