import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../../app/faces/models/packs.ts';
import { partsOf, recommendedPacks } from '../../../../app/faces/models/recommended.ts';
import { packManifestSchema } from '../../../../app/faces/models/manifest.ts';
import {
  pipelineOf,
  withPack,
  builtInChoice,
  defaultThresholdOf,
  dimensionOf,
} from '../../../../app/faces/models/choice.ts';
import { madeEmbedder, madeManifest } from '../../../support/made-packs.ts';

const good = madeManifest(madeEmbedder());
const parse = (manifest: unknown): unknown => parseManifest(JSON.stringify(manifest), 'pack.json');

describe('a manifest', () => {
  it('is read as it is', () => {
    expect(parse(good)).toEqual(good);
  });

  it.each([
    [{ ...good, name: 'Not so' }, /name: must be lower-case/],
    [{ ...good, name: 'built-in' }, /name: the name built-in is taken/],
    [{ ...good, version: '../../1' }, /version: must be letters/],
    [{ ...good, licence: undefined }, /licence/],
    [{ ...good, colour: 'red' }, /colour/],
    [{ ...good, embedder: undefined }, /a detector or an embedder/],
    [{ ...good, embedder: { ...good.embedder, file: '../made.onnx' } }, /embedder\.file: must be the name/],
    [{ ...good, embedder: { ...good.embedder, sha256: 'abc' } }, /embedder\.sha256: must be 64/],
    [{ ...good, embedder: { ...good.embedder, referencePoints: [1, 2] } }, /embedder\.referencePoints/],
    [{ ...good, embedder: { ...good.embedder, dimension: 1e9 } }, /embedder\.dimension/],
    [{ ...good, embedder: { ...good.embedder, threshold: 0 } }, /embedder\.threshold/],
    [{ ...good, embedder: { ...good.embedder, layout: 'chw' } }, /embedder\.layout/],
    [[], /pack\.json/],
  ])('is refused by the field that is wrong (%#)', (manifest, reason) => {
    expect(() => parse(manifest)).toThrow(reason);
  });

  it('is refused where it is not JSON', () => {
    expect(() => parseManifest('{ name: made }', 'pack.json')).toThrow(/pack\.json is not JSON/);
  });
});

describe('recommended packs', () => {
  it('are whole manifests of one file each, from addresses that do not change', () => {
    expect(recommendedPacks.map(({ manifest }) => manifest.name)).toEqual(['yunet', 'sface']);
    for (const { manifest, url, bytes } of recommendedPacks) {
      expect(packManifestSchema.parse(manifest)).toEqual(manifest);
      expect(partsOf(manifest)).toHaveLength(1);
      expect(new URL(url).protocol).toBe('https:');
      expect(url.endsWith(partsOf(manifest)[0]!.file)).toBe(true);
      expect(bytes).toBeGreaterThan(100_000);
      expect(manifest.source).toMatch(/^https:/);
    }
  });
});

describe('a choice', () => {
  it('takes from a pack what it brings, and is named after everything that matters', () => {
    const [yunet] = recommendedPacks;
    const detecting = withPack(builtInChoice, '/packs/yunet', yunet!.manifest);
    const both = withPack(detecting, '/packs/made', good);
    expect([detecting.detector?.folder, detecting.embedder, both.embedder?.name]).toEqual([
      '/packs/yunet',
      undefined,
      'made',
    ]);
    expect([dimensionOf(detecting), dimensionOf(both)]).toEqual([128, 64]);
    expect(defaultThresholdOf(both)).toBe(0.4);
    const names = [builtInChoice, detecting, both, { ...both, care: 'quick' as const }].map(pipelineOf);
    expect(new Set(names).size).toBe(4);
  });
});
