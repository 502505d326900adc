import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPack } from '../../../app/faces/models/fetch-pack.ts';
import { addPack, clearUnfinished, findPack, listPacks, removePack } from '../../../app/faces/models/pack-store.ts';
import { readPack } from '../../../app/faces/models/packs.ts';
import { recommendedPacks } from '../../../app/faces/models/recommended.ts';
import { hasYunet, madeEmbedder, madeManifest, writeMadePack, yunetFile } from '../../support/made-packs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

if (!hasYunet) console.warn(`Skipped: tests with the YuNet model (no ${yunetFile}).`);
const [yunet] = recommendedPacks;

interface Folders {
  models: string;
  pack: string;
}

async function folders(): Promise<Folders> {
  const folder = await temporaryFolder();
  return { models: join(folder, 'library', 'models'), pack: join(folder, 'pack') };
}

describe('adding a pack', () => {
  it('copies it whole, and does so again without a word where it is the same', async () => {
    const { models, pack } = await folders();
    await writeMadePack(pack);
    const { folder } = await addPack(models, pack);
    await rm(pack, { recursive: true });
    expect(findPack(models, 'made').folder).toBe(folder);
    expect(findPack(models, 'made@1').folder).toBe(folder);
    expect(listPacks(models)).toMatchObject([{ id: 'made@1', problem: null }]);
    // As it lies in the library it is a pack like any other.
    expect((await addPack(models, folder)).folder).toBe(folder);
    expect((await readPack(folder)).manifest).toEqual(findPack(models, 'made').manifest);
    await removePack(models, 'made@1');
    expect(listPacks(models)).toEqual([]);
    expect(() => findPack(models, 'made')).toThrow(/no model pack made/);
  });

  it('keeps each version, and means the one that was added last', async () => {
    const { models, pack } = await folders();
    const model = madeEmbedder();
    await addPack(models, await writeMadePack(pack, { model }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await addPack(models, await writeMadePack(pack, { manifest: { ...madeManifest(model), version: '2' } }));
    expect(listPacks(models).map(({ id }) => id)).toEqual(['made@1', 'made@2']);
    expect(findPack(models, 'made').manifest.version).toBe('2');
    expect(findPack(models, 'made@1').manifest.version).toBe('1');
    const other = { ...madeManifest(model, { threshold: 0.5 }) };
    await expect(addPack(models, await writeMadePack(pack, { manifest: other }))).rejects.toThrow(/another version/);
  });

  it('takes a model that is made for one face at a time', async () => {
    const { models, pack } = await folders();
    const { manifest } = await addPack(models, await writeMadePack(pack, { model: madeEmbedder(64, { count: 1 }) }));
    expect(manifest.embedder?.dimension).toBe(64);
  });

  const model = madeEmbedder();
  it.each<[string, (pack: string) => Promise<unknown>, RegExp]>([
    ['nothing', () => Promise.resolve(), /There is no /],
    ['an empty folder', (pack) => mkdir(pack), /no pack\.json beside the model/],
    [
      'a model that nobody knows',
      async (pack) => {
        await mkdir(pack);
        await writeFile(join(pack, 'a.onnx'), model);
      },
      /none that Kindred knows/,
    ],
    ['a manifest that is none', (pack) => writeMadePack(pack, { manifest: 'name: made' }), /not JSON/],
    ['a missing file', async (pack) => rm(join(await writeMadePack(pack), 'made.onnx')), /lacks its file made\.onnx/],
    [
      'a file that was cut off',
      async (pack) => truncate(join(await writeMadePack(pack), 'made.onnx'), 100),
      /damaged or another one/,
    ],
    [
      'a file that is no model',
      (pack) => writeMadePack(pack, { model: new TextEncoder().encode('no model') }),
      /cannot open this model/,
    ],
    [
      'another dimension',
      (pack) => writeMadePack(pack, { model, manifest: madeManifest(model, { dimension: 128 }) }),
      /gives 64 numbers for a face/,
    ],
    [
      'another size',
      (pack) => writeMadePack(pack, { model, manifest: madeManifest(model, { size: 112 }) }),
      /takes 112x112 images/,
    ],
    [
      'another layout',
      (pack) => writeMadePack(pack, { model, manifest: madeManifest(model, { layout: 'nhwc' }) }),
      /does not run/,
    ],
    [
      'an output that is not there',
      (pack) => writeMadePack(pack, { model, manifest: madeManifest(model, { output: 'fc1' }) }),
      /does not run/,
    ],
    [
      'numbers that are none',
      (pack) => writeMadePack(pack, { model, manifest: madeManifest(model, { mean: [128, 128, 128] }) }),
      /no usable numbers/,
    ],
    [
      'an embedder called a detector',
      (pack) =>
        writeMadePack(pack, {
          manifest: {
            ...madeManifest(model),
            embedder: undefined,
            detector: { kind: 'yunet', file: 'made.onnx', sha256: createHash('sha256').update(model).digest('hex') },
          },
        }),
      /does not run|no YuNet/,
    ],
  ])('refuses %s, and leaves nothing behind', async (_, make, reason) => {
    const { models, pack } = await folders();
    await make(pack);
    await expect(addPack(models, pack)).rejects.toThrow(reason);
    await expect(addPack(models, pack)).rejects.toMatchObject({ name: 'KindredError' });
    expect(existsSync(models) ? await readdir(models) : []).toEqual([]);
  });

  it('clears away what a killed process has left, and lists what was damaged later', async () => {
    const { models, pack } = await folders();
    const { folder } = await addPack(models, await writeMadePack(pack));
    await cp(folder, join(models, '.unfinished-1'), { recursive: true });
    expect(listPacks(models)).toHaveLength(1);
    clearUnfinished(models);
    expect(await readdir(models)).toEqual(['made@1']);
    await rm(join(folder, 'made.onnx'));
    expect(listPacks(models)[0]?.problem).toMatch(/made\.onnx is missing/);
    expect(() => findPack(models, 'made')).toThrow(/cannot be used/);
    // Adding it again mends it.
    await addPack(models, pack);
    expect(listPacks(models)[0]?.problem).toBeNull();
    await writeFile(join(folder, 'pack.json'), '{');
    expect(listPacks(models)[0]).toMatchObject({ id: 'made@1', manifest: null });
  });

  it.skipIf(!hasYunet)('knows YuNet by its file alone', async () => {
    const { models, pack } = await folders();
    expect((await addPack(models, yunetFile)).manifest).toEqual(yunet!.manifest);
    await removePack(models, 'yunet@2023.n');
    await mkdir(pack);
    await cp(yunetFile, join(pack, 'detector.onnx'));
    expect((await addPack(models, pack)).manifest.name).toBe('yunet');
    expect(listPacks(models)).toMatchObject([{ id: 'yunet@2023.n', problem: null }]);
  });
});

describe('fetching a pack', () => {
  const bytes = madeEmbedder();
  /** Stands for a recommended one: the made-up model is known by its manifest here. */
  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/made.onnx`;
  }
  const packAt = (url: string) => ({ manifest: madeManifest(bytes), url, bytes: bytes.length });

  it('downloads with progress, checks and adds it', async () => {
    const { models } = await folders();
    const url = await serve((_, response) => response.end(bytes));
    const seen: number[] = [];
    const pack = await fetchPack(models, packAt(url), { onProgress: (done) => seen.push(done) });
    expect(pack.manifest.name).toBe('made');
    expect(seen.at(-1)).toBe(bytes.length);
    expect(await readdir(models)).toEqual(['made@1']);
    expect(await readFile(join(pack.folder, 'made.onnx'))).toEqual(Buffer.from(bytes));
  });

  it.each<[string, RequestListener, RegExp]>([
    [
      'another file',
      (_, response) => response.end(Buffer.from(bytes).fill(7, 100, 200)),
      /not the model that Kindred knows/,
    ],
    ['too little', (_, response) => response.end(bytes.subarray(0, 1000)), /1000 bytes instead of/],
    ['too much', (_, response) => response.end(Buffer.concat([bytes, bytes])), /more than/],
    ['an error', (_, response) => response.writeHead(404).end('gone'), /it answered 404/],
    [
      'a broken connection',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1000), () => response.destroy());
      },
      /the connection broke/,
    ],
  ])('throws away %s', async (_, answer, reason) => {
    const { models } = await folders();
    await expect(fetchPack(models, packAt(await serve(answer)))).rejects.toThrow(reason);
    expect(await readdir(models)).toEqual([]);
  });

  it('says so where there is no network, and stops when it is told to', async () => {
    const { models } = await folders();
    await expect(fetchPack(models, packAt('http://127.0.0.1:9/made.onnx'))).rejects.toThrow(/could not be reached/);
    const stop = new AbortController();
    const url = await serve((_, response) => {
      response.write(bytes.subarray(0, 1000));
      setTimeout(() => stop.abort(), 50);
    });
    await expect(fetchPack(models, packAt(url), { signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(models)).toEqual([]);
  });
});
