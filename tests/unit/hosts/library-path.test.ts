import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultLibraryPath } from '../../../app/hosts/cli/library-path.ts';

afterEach(() => void vi.unstubAllEnvs());

describe('defaultLibraryPath', () => {
  it('is what KINDRED_LIBRARY says, and an empty one says nothing', () => {
    vi.stubEnv('KINDRED_LIBRARY', '/elsewhere');
    expect(defaultLibraryPath()).toBe('/elsewhere');
    vi.stubEnv('KINDRED_LIBRARY', '');
    expect(defaultLibraryPath()).toMatch(/kindred/i);
  });
});
