import type { EventListener } from '../contract/events.ts';
import type { InputOf, OutputOf, ProcedureName } from '../contract/procedures.ts';

/** A picture on disk, ready to be sent. */
export interface MediaFile {
  path: string;
  contentType: string;
}

/** Bytes as they come, or the path of a file. */
export type ImageSource = string | AsyncIterable<Uint8Array>;

/** The running service, as hosts see it. */
export interface Service {
  /** Parses the input by the contract's schema, then runs the procedure. Rejects with a `KindredError`. */
  call<Name extends ProcedureName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** Same, for input that came over a wire: procedure name and input are checked. */
  handle(name: string, input: unknown): Promise<unknown>;
  /** @returns a function that ends the subscription */
  subscribe(listener: EventListener): () => void;
  /** Finds the picture behind a `/media/...` path, making it first where needed. Rejects with `not-found`. */
  media(path: string): Promise<MediaFile>;
  /**
   * Takes a copy of an image to search with, which is never added to the library; it is looked at when `search.image` asks.
   *
   * @returns its id, for `search.image` and `/media/query/<id>`
   * @throws KindredError `not-found` for a path without a file, `invalid-input` (with `details.reason` `too-large` above
   *   200 MB), `disk-full`
   */
  receiveImage(source: ImageSource): Promise<string>;
  /** Stops the scan after the photos in hand, ends the workers and closes the database. */
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** Folder of the database and the caches; made when absent, unless it must exist. */
  libraryPath: string;
  mustExist?: boolean;
  host: 'electron' | 'web' | 'cli';
}
