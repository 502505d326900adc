import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../../app/hosts/electron/arguments.ts';

describe('parseArguments', () => {
  it('reads a folder and a library relative to the working folder', () => {
    expect(parseArguments(['kindred', '--library=lib', 'photos'], false, '/home/me')).toEqual({
      library: resolve('/home/me', 'lib'),
      folder: resolve('/home/me', 'photos'),
    });
  });

  it('passes over Chromium’s switches and over what Electron runs', () => {
    const argv = ['electron', '--no-sandbox', '--enable-features=A,B', '/kindred', '--library=/lib', '-x', '/photos'];
    expect(parseArguments(argv, true, '/')).toEqual({ library: resolve('/lib'), folder: resolve('/photos') });
  });

  it('needs neither', () => {
    const { library, folder } = parseArguments(['electron', '/kindred'], true, '/');
    expect(library).not.toBe('');
    expect(folder).toBeNull();
  });

  it('does not take what is empty for the working folder', () => {
    const { library, folder } = parseArguments(['kindred', '--library=', ''], false, '/home/me');
    expect(library).toBe(parseArguments(['kindred'], false).library);
    expect(folder).toBeNull();
  });
});
