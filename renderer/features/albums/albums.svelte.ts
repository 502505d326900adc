import { toErrorData } from '../../../app/contract/errors.ts';
import type { PhotoFilter, SmartAlbum } from '../../../app/contract/search.ts';
import type { Client } from '../../client/client.ts';
import { refresher } from '../../refresher.ts';
import type { Toasts } from '../../ui/toasts.svelte.ts';
import { filterToQuery } from '../search/filter/filter-address.ts';

/** The filters that were kept under a name. */
export class AlbumsState {
  list = $state.raw<SmartAlbum[] | null>(null);
  problem = $state<string | null>(null);
  readonly refresh: () => Promise<void>;
  readonly #client: Client;
  readonly #toasts: Toasts;
  #loads = 0;

  constructor(client: Client, toasts: Toasts) {
    this.#client = client;
    this.#toasts = toasts;
    // Counting the photos of every album takes its time: not after each of a scan's many changes.
    this.refresh = refresher(2000, () => this.#load());
    client.on('albums.changed', () => void this.#load());
    client.on('library.changed', () => void this.refresh());
    client.on('people.changed', () => void this.refresh());
  }

  /** The one whose filter this is. */
  of(filter: PhotoFilter): SmartAlbum | undefined {
    const query = filterToQuery(filter);
    return query === '' ? undefined : this.list?.find((album) => filterToQuery(album.filter) === query);
  }

  /** @returns whether it was kept; where not, the user has been told why */
  async save(name: string, filter: PhotoFilter): Promise<boolean> {
    const album = await this.#try(() => this.#client.call('albums.save', { name, filter }));
    if (album) this.#toasts.show(`Saved the album “${album.name}”.`);
    return album !== null;
  }

  /** Gives an album another name. @returns whether that was done */
  async rename({ id, name: before }: SmartAlbum, name: string): Promise<boolean> {
    const album = await this.#try(() => this.#client.call('albums.change', { id, name }));
    if (!album) return false;
    this.#toasts.show(`Renamed the album to “${album.name}”.`, {
      label: 'Undo',
      run: () => void this.#try(() => this.#client.call('albums.change', { id, name: before })),
    });
    return true;
  }

  /** Gives an album another filter, and offers to undo it. */
  async update({ id, filter: before }: SmartAlbum, filter: PhotoFilter): Promise<void> {
    const album = await this.#try(() => this.#client.call('albums.change', { id, filter }));
    if (!album) return;
    this.#toasts.show(`Updated the album “${album.name}”.`, {
      label: 'Undo',
      run: () => void this.#try(() => this.#client.call('albums.change', { id, filter: before })),
    });
  }

  /** Removes an album, not its photos, and offers to undo it. */
  async remove({ id, name, filter }: SmartAlbum): Promise<void> {
    const removed = await this.#try(async () => {
      await this.#client.call('albums.remove', { id });
      return true;
    });
    if (removed === null) return;
    this.#toasts.show(`Removed the album “${name}”. Its photos stay.`, {
      label: 'Undo',
      run: () => void this.#try(() => this.#client.call('albums.save', { name, filter })),
    });
  }

  async #try<Result>(action: () => Promise<Result>): Promise<Result | null> {
    try {
      const result = await action();
      await this.#load();
      return result;
    } catch (error) {
      this.#toasts.error(error);
      return null;
    }
  }

  async #load(): Promise<void> {
    const load = ++this.#loads;
    try {
      const list = await this.#client.call('albums.list');
      // Answers may come in another order than the questions.
      if (load === this.#loads) [this.list, this.problem] = [list, null];
    } catch (error) {
      if (load === this.#loads) this.problem = toErrorData(error).message;
    }
  }
}
