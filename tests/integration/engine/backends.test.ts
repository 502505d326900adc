import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BackendName } from '../../../app/engine/backend.ts';
import type { StepResult } from '../../support/programs/training-step.ts';

/** By how much a loss may differ between backends: it is made of squared distances of up to 4. */
const lossTolerance = 1e-5;
/** By how much the length of a weight's change may, as a part of it: Adam divides small gradients by their own size. */
const changeTolerance = 2e-3;

type Results = Record<'head' | 'block' | 'network', StepResult>;

/** Chromium's software driver: a way to the graphics card's code without one. */
const driver =
  process.env['VK_DRIVER_FILES'] ??
  ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome']
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .find(existsSync);

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

const missing = [
  ...(driver === undefined ? ['no software driver for WebGPU (Debian: apt install chromium)'] : []),
  ...(isInstalled('webgpu') && isInstalled('@tensorflow/tfjs-backend-webgpu')
    ? []
    : ['the packages webgpu and @tensorflow/tfjs-backend-webgpu are not installed']),
];

async function trainOn(backend: BackendName): Promise<Results> {
  const program = join(import.meta.dirname, '..', '..', 'support', 'programs', 'training-step.ts');
  const folder = driver === undefined ? '' : dirname(driver);
  const env = {
    ...process.env,
    ...(backend === 'webgpu' && {
      VK_DRIVER_FILES: driver,
      // The loader of Vulkan comes with the browser too.
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], folder].filter(Boolean).join(':'),
    }),
  };
  const { stdout } = await promisify(execFile)(process.execPath, [program, backend], { env });
  return JSON.parse(stdout.slice(stdout.indexOf('{'))) as Results;
}

function expectAlike(found: StepResult, reference: StepResult): void {
  expect(found.losses).toHaveLength(reference.losses.length);
  for (const [i, loss] of reference.losses.entries()) {
    expect(Math.abs(found.losses[i]! - loss)).toBeLessThanOrEqual(lossTolerance);
  }
  expect(found.changes).toHaveLength(reference.changes.length);
  for (const [i, change] of reference.changes.entries()) {
    expect(Math.abs(found.changes[i]! / change - 1)).toBeLessThanOrEqual(changeTolerance);
  }
}

describe('the same training steps on every backend', { timeout: 600_000 }, () => {
  let reference: Results;
  beforeAll(async () => {
    reference = await trainOn('cpu');
  });

  it('have something to learn', () => {
    for (const { losses, changes } of Object.values(reference)) {
      for (const loss of losses) expect(loss).toBeGreaterThan(0.01);
      for (const change of changes) expect(change).toBeGreaterThan(0);
    }
  });

  it('give the same on WebAssembly', async () => {
    const found = await trainOn('wasm');
    for (const part of ['head', 'block', 'network'] as const) expectAlike(found[part], reference[part]);
  });

  const webgpu = missing.length === 0 ? 'give the same on WebGPU' : `give the same on WebGPU: ${missing.join('; ')}`;
  it.skipIf(missing.length > 0)(webgpu, async () => {
    const found = await trainOn('webgpu');
    for (const part of ['head', 'block', 'network'] as const) expectAlike(found[part], reference[part]);
  });
});
