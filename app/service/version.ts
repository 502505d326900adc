import { readFileSync } from 'node:fs';
import { findPackageFile } from './package-root.ts';

/** Kindred's version, as in package.json. */
export const version: string = (
  JSON.parse(readFileSync(findPackageFile('package.json'), 'utf8')) as { version: string }
).version;
