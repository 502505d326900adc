import { readdir } from 'node:fs/promises';
import tf from '@tensorflow/tfjs';

/** As much of WebGPU as is needed here; its types come with a package that may be missing. */
interface Adapter {
  info: { vendor: string; architecture: string; device: string; description: string; isFallbackAdapter?: boolean };
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}
interface Dawn {
  create(options: string[]): Gpu;
  globals: Record<string, unknown>;
}

/** Drivers that draw with the processor: slower than WebAssembly, and the reason why a test can run without a graphics card. */
const software = /swiftshader|llvmpipe|lavapipe|software|microsoft basic render/i;

/**
 * Starts the WebGPU backend on Dawn, the implementation that Chromium has, on a graphics card of any make.
 *
 * @param forced a driver that draws with the processor will do
 * @returns the name of the graphics card
 * @throws Error with a reason for people
 */
export async function startWebGpu(forced: boolean): Promise<string> {
  if (!forced && !(await mayHaveCard())) throw new Error('no graphics card');
  const dawn = await loadDawn();
  // The backend takes them from the global scope, as in a page.
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('no graphics card, or no Vulkan driver for it');
    const { description, device, vendor, isFallbackAdapter = false } = adapter.info;
    const name = description || device || vendor || 'a graphics card';
    if (!forced && (isFallbackAdapter || software.test(`${name} ${device} ${vendor}`))) {
      throw new Error(`no graphics card, only ${name}, which draws with the processor`);
    }
    await import('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) throw new Error(`${name} does not start`);
    await tf.ready();
    return name;
  } catch (error) {
    dropGpu();
    throw error;
  }
}

/** Lets the process end: as long as somebody holds the graphics card it would not. */
export function dropGpu(): void {
  Reflect.deleteProperty(navigator, 'gpu');
}

/** Where there is surely none, drivers are not asked: they complain on the terminal. */
async function mayHaveCard(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const devices = await readdir('/dev').catch(() => []);
  return devices.some((name) => name === 'dri' || name === 'dxg' || name.startsWith('nvidia') || name === 'kgsl-3d0');
}

async function loadDawn(): Promise<Dawn> {
  // By a name that is not resolved beforehand, as the package may be missing.
  const name = 'webgpu';
  try {
    return (await import(name)) as Dawn;
  } catch (error) {
    throw new Error('the package webgpu is not installed, or not made for this computer', { cause: error });
  }
}
