import type { PhotoFailure, ScanStatus } from '../../../app/contract/dto.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

type ScanAction = 'scan.start' | 'scan.pause' | 'scan.resume' | 'scan.cancel' | 'scan.retryFailed';

/** What the scan is doing, and what it could not read. */
export class ScanState {
  status = $state.raw<ScanStatus | null>(null);
  failures = $state.raw<PhotoFailure[] | null>(null);
  failuresOpen = $state(false);
  /** The summary of a finished scan stays until it is waved away. */
  dismissed = $state(false);
  readonly running = $derived(
    this.status !== null && ['listing', 'indexing', 'grouping', 'paused'].includes(this.status.phase),
  );
  readonly #client: Client;
  readonly #toasts: Toasts;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
    client.on('scan.progress', (status) => this.#take(status));
  }

  async refresh(): Promise<void> {
    try {
      this.#take(await this.#client.call('scan.status'));
    } catch {
      // The connection banner tells.
    }
  }

  async act(action: ScanAction): Promise<void> {
    try {
      this.#take(await this.#client.call(action));
    } catch (error) {
      this.#toasts.error(error);
    }
  }

  async openFailures(): Promise<void> {
    this.failuresOpen = true;
    await this.loadFailures();
  }

  async loadFailures(): Promise<void> {
    try {
      this.failures = await this.#client.call('library.failures');
    } catch (error) {
      this.#toasts.error(error);
    }
  }

  #take(status: ScanStatus): void {
    const ended = status.phase === 'done' || status.phase === 'cancelled' || status.phase === 'failed';
    if (!ended) this.dismissed = false;
    const failedMore = this.failuresOpen && status.failed !== this.status?.failed;
    this.status = status;
    if (failedMore) void this.loadFailures();
  }
}
