import { KindredError } from '../../contract/errors.ts';

/** What exit codes mean; also printed by `kindred --help`. */
export const exitCodes = { ok: 0, internal: 1, badInput: 2, library: 3, interrupted: 130 } as const;

/** The exit code of a program that this error ended. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof KindredError)) return exitCodes.internal;
  switch (error.kind) {
    case 'invalid-input':
    case 'not-found':
    case 'folder-unreadable':
    case 'contradiction':
      return exitCodes.badInput;
    case 'library-unreadable':
    case 'library-newer':
    case 'library-damaged':
    case 'library-in-use':
    case 'disk-full':
      return exitCodes.library;
    default:
      return exitCodes.internal;
  }
}
