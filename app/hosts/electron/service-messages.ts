import type { ErrorData } from '../../contract/errors.ts';
import type { MediaFile } from '../../service/service-types.ts';

/** What the main process sends to the service process. With `page` comes the page's MessagePort. */
export type ToService =
  | { type: 'page' }
  | { type: 'media'; id: number; path: string }
  /** Takes a copy of the image at this path to search with. */
  | { type: 'image'; id: number; path: string }
  | { type: 'add-folder'; path: string }
  | { type: 'close' };

/** What the service process sends to the main process. */
export type FromService =
  | { type: 'ready' }
  /** The library cannot be opened; the process ends after this. */
  | { type: 'failed'; error: ErrorData }
  | { type: 'media'; id: number; file: MediaFile }
  | { type: 'image'; id: number; image: string }
  | { type: 'media' | 'image'; id: number; error: ErrorData };
