import envPaths from 'env-paths';

/** The operating system's application-data folder for Kindred; `KINDRED_LIBRARY` overrides it. */
export function defaultLibraryPath(): string {
  return process.env['KINDRED_LIBRARY'] ?? envPaths('Kindred', { suffix: '' }).data;
}
