import type { LibrarySummary, Timeline } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';

const sizeKey = 'kindred.rowHeight';
/** Row heights that can be chosen, in CSS pixels. */
const rowHeights = [120, 168, 224, 300];

/** Every photo in the library, in the order of its timeline. */
export class LibraryState {
  timeline = $state.raw<Timeline | null>(null);
  summary = $state.raw<LibrarySummary | null>(null);
  /** Why nothing could be loaded. */
  problem = $state<string | null>(null);
  /** Where the grid was left. */
  scrollTop = 0;
  #size = $state(Number(localStorage.getItem(sizeKey) ?? 2));
  readonly rowHeight = $derived(rowHeights[this.#size] ?? 224);
  readonly canShrink = $derived(this.#size > 0);
  readonly canGrow = $derived(this.#size < rowHeights.length - 1);
  readonly refresh: () => Promise<void>;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.refresh = refresher(1500, () => this.#load());
    client.on('library.changed', () => void this.refresh());
    client.on('people.changed', () => void this.refreshSummary());
  }

  /** Makes the photos in the grid larger (+1) or smaller (-1). */
  resize(step: 1 | -1): void {
    this.#size = Math.min(rowHeights.length - 1, Math.max(0, this.#size + step));
    localStorage.setItem(sizeKey, String(this.#size));
  }

  readonly refreshSummary = refresher(1000, async () => {
    try {
      this.summary = await this.#client.call('library.summary');
    } catch {
      // The counts stay what they were; the connection banner or the next refresh tells more.
    }
  });

  async #load(): Promise<void> {
    try {
      [this.timeline, this.summary] = await Promise.all([
        this.#client.call('library.timeline'),
        this.#client.call('library.summary'),
      ]);
      this.problem = null;
    } catch (error) {
      this.problem = toErrorData(error).message;
    }
  }
}
