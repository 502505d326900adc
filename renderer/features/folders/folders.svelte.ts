import type { FolderDto } from '../../../app/contract/dto.ts';
import { bridge } from '../../client/bridge.ts';
import type { Client } from '../../client/client.ts';
import { fileName } from '../../ui/format.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';

/** Adding and removing the folders of the library. */
export class FoldersState {
  /** The window's own folder dialog, for hosts that have none. */
  pickerOpen = $state(false);
  readonly client: Client;
  readonly #toasts: Toasts;
  readonly #changed: () => void;

  constructor(client: Client, toasts: Toasts, changed: () => void) {
    this.client = client;
    this.#toasts = toasts;
    this.#changed = changed;
  }

  /** Asks for a folder with the system's dialog where there is one, and adds it. */
  async choose(): Promise<void> {
    if (!bridge) {
      this.pickerOpen = true;
      return;
    }
    const path = await bridge.chooseFolder();
    if (path !== null) await this.add(path);
  }

  async add(path: string): Promise<void> {
    await this.#try(() => this.client.call('library.addFolder', { path }));
  }

  async addSamples(): Promise<void> {
    await this.#try(() => this.client.call('library.addSamples'));
  }

  /** Takes a folder's photos out of sight; adding it again brings back everything, names included. */
  async remove(folder: FolderDto): Promise<void> {
    const removed = await this.#try(() => this.client.call('library.removeFolder', { id: folder.id }));
    if (!removed) return;
    this.#toasts.show(`Removed ${fileName(folder.path)} from the library. Its files were not touched.`, {
      label: 'Undo',
      run: () => void this.add(folder.path),
    });
  }

  async #try(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#toasts.error(error);
      return false;
    } finally {
      this.#changed();
    }
  }
}
