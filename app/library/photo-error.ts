import type { PhotoFailureKind } from '../contract/errors.ts';

/** One photo cannot be read; the scan lists it with this kind and plain reason, and goes on. */
export class PhotoError extends Error {
  readonly kind: PhotoFailureKind;

  constructor(kind: PhotoFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PhotoError';
    this.kind = kind;
  }
}
