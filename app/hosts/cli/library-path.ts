import envPaths from 'env-paths';

/** The operating system's application-data folder for Kindred; `KINDRED_LIBRARY` overrides it where it is set and not empty. */
export function defaultLibraryPath(): string {
  const { KINDRED_LIBRARY: chosen = '' } = process.env;
  return chosen === '' ? envPaths('Kindred', { suffix: '' }).data : chosen;
}
