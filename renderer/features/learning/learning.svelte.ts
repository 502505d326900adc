import type {
  LearningProgress,
  LearningReport,
  LearningStatus,
  ModelVersions,
} from '../../../app/contract/learning.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** What is done without further input. */
type Action = 'learning.pause' | 'learning.resume' | 'learning.cancel' | 'learning.keep' | 'learning.discard';

/** What is learned from corrections: the run that goes on, the versions that came of runs, and how good each is. */
export class LearningState {
  status = $state.raw<LearningStatus | null>(null);
  progress = $state.raw<LearningProgress | null>(null);
  versions = $state.raw<ModelVersions | null>(null);
  report = $state.raw<LearningReport | null>(null);
  /** Why nothing can be shown. */
  problem = $state<string | null>(null);
  /** A request is under way that changes the state; its button must not be pressed twice. */
  busy = $state(false);
  readonly #client: Client;
  readonly #toasts: Toasts;
  /** The version whose report is shown or was asked for. */
  #reported: string | null = null;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
    client.on('learning.changed', () => void this.refresh());
    client.on('learning.progress', (progress) => (this.progress = progress));
  }

  async refresh(): Promise<void> {
    try {
      const [status, versions] = await Promise.all([
        this.#client.call('learning.status'),
        this.#client.call('learning.versions'),
      ]);
      this.#take(status);
      this.versions = versions;
      this.problem = null;
    } catch (error) {
      const { kind, message } = toErrorData(error);
      // A lost connection has its own banner.
      if (kind !== 'disconnected') this.problem = message;
    }
  }

  async start(kind: 'head' | 'finetune'): Promise<void> {
    await this.#change(async () => this.#take(await this.#client.call('learning.start', { kind })));
  }

  async act(action: Action): Promise<void> {
    await this.#change(async () => this.#take(await this.#client.call(action)));
  }

  async activate(version: string | null): Promise<void> {
    await this.#change(async () => this.#take(await this.#client.call('learning.activate', { version })));
  }

  async remove(version: string): Promise<void> {
    await this.#change(() => this.#client.call('learning.remove', { version }));
    await this.refresh();
  }

  async setAuto(auto: boolean): Promise<void> {
    await this.#change(() => this.#client.call('learning.settings', { auto }));
    await this.refresh();
  }

  /** Rejects where the folder cannot be written. */
  async export(version: string, path: string): Promise<void> {
    const written = await this.#client.call('learning.export', { version, path });
    this.#toasts.show(`Saved as ${written.path}.`);
  }

  /** Rejects where it is no model. */
  async import(path: string): Promise<void> {
    const { name } = await this.#client.call('learning.import', { path });
    this.#toasts.show(`Imported ${name}.`);
    await this.refresh();
  }

  /** Loads the report of a version; null closes it. */
  async show(version: string | null): Promise<void> {
    this.#reported = version;
    if (this.report?.version.id !== version) this.report = null;
    if (version === null) return;
    try {
      const report = await this.#client.call('learning.report', { version });
      if (this.#reported === version) this.report = report;
    } catch (error) {
      if (this.#reported === version) this.#toasts.error(error);
    }
  }

  #take(status: LearningStatus): void {
    this.status = status;
    this.progress = status.progress;
  }

  async #change(action: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    try {
      await action();
    } catch (error) {
      this.#toasts.error(error);
    } finally {
      this.busy = false;
    }
  }
}
