import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { throughFile } from '../../../../app/hosts/electron/through-file.ts';

// eslint-disable-next-line @typescript-eslint/require-await
async function* bytes(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

describe('throughFile', () => {
  it('hands over what came, and leaves nothing behind', async () => {
    let seen = '';
    const receive = throughFile((path) => {
      expect(readFileSync(path, 'utf8')).toBe('one two');
      seen = path;
      return Promise.resolve('id');
    });
    expect(await receive(bytes('one', ' ', 'two'))).toBe('id');
    expect(existsSync(seen)).toBe(false);
  });

  it('leaves nothing behind where nobody takes it', async () => {
    let seen = '';
    const receive = throughFile((path) => {
      seen = path;
      return Promise.reject(new Error('no'));
    });
    await expect(receive(bytes('x'))).rejects.toThrow('no');
    expect(existsSync(seen)).toBe(false);
  });
});
