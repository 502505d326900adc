/**
 * Everything that can go wrong in a procedure, as a closed set. An error crosses the wire as data
 * (`kind`, a message for people, details) and is rebuilt as a {@link KindredError} on the other side.
 */
export const errorKinds = [
  'invalid-input',
  'not-found',
  'folder-unreadable',
  'scan-running',
  // Two things that were said cannot both be true; details hold what stands against what (see `Contradiction`).
  'contradiction',
  // The library's own folder or database cannot be opened or written, as opposed to a folder of photos.
  'library-unreadable',
  'library-newer',
  'library-damaged',
  'library-in-use',
  'disk-full',
  'disconnected',
  'internal',
] as const;

export type ErrorKind = (typeof errorKinds)[number];

/** Why one photo could not be read. The scan goes on without it and lists it. */
export const photoFailureKinds = [
  'no-permission',
  'vanished',
  'empty',
  'not-an-image',
  'damaged',
  'too-large',
  'unsupported',
  'disk-full',
  'internal',
] as const;

export type PhotoFailureKind = (typeof photoFailureKinds)[number];

export interface ErrorData {
  kind: ErrorKind;
  /** One or two plain sentences: what happened and what to do. */
  message: string;
  details?: Record<string, unknown> | undefined;
}

/** The one error class that procedures throw on purpose. */
export class KindredError extends Error {
  readonly kind: ErrorKind;
  readonly details: Record<string, unknown> | undefined;

  constructor(kind: ErrorKind, message: string, details?: Record<string, unknown>) {
    super(message);
    this.name = 'KindredError';
    this.kind = kind;
    this.details = details;
  }

  toData(): ErrorData {
    return { kind: this.kind, message: this.message, details: this.details };
  }
}

/** Turns anything thrown into data for the wire; what was not thrown on purpose is `internal`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof KindredError) return error.toData();
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'internal', message };
}
