import type { CopyProgress } from '../../../app/contract/search.ts';
import { bridge } from '../../client/bridge.ts';
import type { Client } from '../../client/client.ts';
import { plural } from '../../ui/format.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import { writeToClipboard } from './clipboard.ts';

/** How long it is said that everything was copied, in ms. */
const shownFor = 12_000;

/** Getting at the files of photos: copying them elsewhere, their paths, the programs that open them. */
export class FilesState {
  /** The photos that a folder is being chosen for, in the window's own dialog. */
  choosing = $state.raw<readonly number[] | null>(null);
  /** The copying that is going on, or was, until the user has seen how it ended. */
  copying = $state.raw<CopyProgress | null>(null);
  readonly client: Client;
  readonly #toasts: Toasts;

  constructor(client: Client, toasts: Toasts) {
    this.client = client;
    this.#toasts = toasts;
    client.on('files.copying', (progress) => {
      // The end of one that was called off and is no longer looked at is no news.
      if (this.copying !== null || progress.phase === 'copying') this.copying = progress;
      if (progress.phase === 'done' && progress.failedCount === 0) this.#dismissSoon(progress);
    });
  }

  /** Asks where to, with the system's dialog where there is one, and copies the photos there. */
  async copy(photos: readonly number[]): Promise<void> {
    if (!bridge) {
      this.choosing = photos;
      return;
    }
    const folder = await bridge.chooseFolder();
    if (folder === null) return;
    try {
      await this.copyTo(photos, folder);
    } catch (error) {
      this.#toasts.error(error);
    }
  }

  /** Rejects where it cannot begin; how it goes on, and ends, is in `copying`. */
  async copyTo(photos: readonly number[], folder: string): Promise<void> {
    const before = this.copying;
    this.copying = {
      phase: 'copying',
      folder,
      done: 0,
      total: photos.length,
      failed: [],
      failedCount: 0,
      message: null,
    };
    try {
      this.copying = await this.client.call('files.copy', { photos: [...photos], folder });
    } catch (error) {
      this.copying = before;
      throw error;
    }
  }

  async cancel(): Promise<void> {
    try {
      this.copying = await this.client.call('files.cancelCopy');
    } catch (error) {
      this.#toasts.error(error);
    }
  }

  /** Puts the result away. */
  dismiss(): void {
    this.copying = null;
  }

  /** What went well needs no answer. */
  #dismissSoon(progress: CopyProgress): void {
    setTimeout(() => {
      if (this.copying === progress) this.dismiss();
    }, shownFor);
  }

  async copyPaths(photos: readonly number[]): Promise<void> {
    await this.#try(async () => {
      const paths = await this.client.call('files.paths', { photos: [...photos] });
      const copied = await writeToClipboard(paths.join('\n'));
      this.#toasts.show(
        copied ? `Copied ${plural(paths.length, 'path')}.` : 'The paths could not be put on the clipboard.',
      );
    });
  }

  /** Shows the photo's file in the file manager. */
  async reveal(photo: number): Promise<void> {
    await this.#try(() => this.client.call('files.reveal', { photo }));
  }

  /** Opens the photo in the program that is set for it. */
  async open(photo: number): Promise<void> {
    await this.#try(() => this.client.call('files.open', { photo }));
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#toasts.error(error);
    }
  }
}
