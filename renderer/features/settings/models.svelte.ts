import type { Care, FetchProgress, ModelsInfo, SwitchStatus } from '../../../app/contract/dto.ts';
import { toErrorData } from '../../../app/contract/errors.ts';
import { bridge } from '../../client/bridge.ts';
import type { Client } from '../../client/client.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** Which models find faces and tell them apart, and how far the photos have been read with them. */
export class ModelsState {
  info = $state.raw<ModelsInfo | null>(null);
  switching = $state.raw<SwitchStatus | null>(null);
  /** The pack that is being downloaded. */
  fetching = $state.raw<FetchProgress | null>(null);
  /** Why a pack could not be added, by its name; '' for one from a folder. */
  problem = $state.raw<{ name: string; text: string } | null>(null);
  /** The window's own folder dialog, for hosts that have none. */
  pickerOpen = $state(false);
  /** How much has been read, 0..1; null where nothing is being read. */
  readonly share = $derived.by(() => {
    const { switching } = this;
    if (switching?.phase !== 'reading' && switching?.phase !== 'paused') return null;
    return switching.total === 0 ? 0 : switching.done / switching.total;
  });
  readonly #client: Client;
  readonly #toasts: Toasts;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
    client.on('models.changed', () => void this.refresh());
    client.on('models.fetching', (progress) => (this.fetching = progress));
    client.on('models.progress', (status) => {
      const ended = status.phase !== this.switching?.phase;
      this.switching = status;
      if (ended) void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    try {
      this.#take(await this.#client.call('models.list'));
    } catch {
      // The connection banner tells.
    }
  }

  async setCare(care: Care): Promise<void> {
    await this.#try(async () => this.#take(await this.#client.call('models.setCare', { care })));
  }

  async use(name: string): Promise<void> {
    await this.#try(async () => this.#take(await this.#client.call('models.use', { name })));
  }

  async cancelSwitch(): Promise<void> {
    await this.#try(async () => this.#take(await this.#client.call('models.cancelSwitch')));
  }

  async act(action: 'models.pauseSwitch' | 'models.resumeSwitch'): Promise<void> {
    await this.#try(async () => (this.switching = await this.#client.call(action)));
  }

  async remove(id: string): Promise<void> {
    await this.#try(() => this.#client.call('models.remove', { id }));
  }

  /** Asks for a folder with the system's dialog where there is one, and adds the pack in it. */
  async choose(): Promise<void> {
    this.problem = null;
    if (!bridge) {
      this.pickerOpen = true;
      return;
    }
    const path = await bridge.chooseFolder();
    if (path === null) return;
    try {
      await this.add(path);
    } catch (error) {
      this.problem = { name: '', text: toErrorData(error).message };
    }
  }

  /** Rejects where it is no pack. */
  async add(path: string): Promise<void> {
    const { title } = await this.#client.call('models.add', { path });
    this.#toasts.show(`Added ${title}.`);
  }

  async fetch(name: string, bytes: number): Promise<void> {
    this.problem = null;
    this.fetching = { name, bytes: 0, total: bytes };
    try {
      const { title } = await this.#client.call('models.fetch', { name });
      this.#toasts.show(`Added ${title}.`);
    } catch (error) {
      this.problem = { name, text: toErrorData(error).message };
    } finally {
      this.fetching = null;
    }
  }

  async cancelFetch(): Promise<void> {
    await this.#try(() => this.#client.call('models.cancelFetch'));
  }

  #take(info: ModelsInfo): void {
    this.info = info;
    this.switching = info.switching;
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#toasts.error(error);
    }
  }
}
