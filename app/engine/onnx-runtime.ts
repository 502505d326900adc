import './no-telemetry.ts';
import type * as Ort from 'onnxruntime-node';

export type OnnxRuntime = typeof Ort;
export type OnnxSession = Ort.InferenceSession;

let loaded: Promise<OnnxRuntime | null> | undefined;

/**
 * The native inference engine.
 *
 * @returns null where it does not load: another processor or system than those it comes for, or `KINDRED_ENGINE=wasm`
 */
export function loadOnnxRuntime(): Promise<OnnxRuntime | null> {
  loaded ??= process.env.KINDRED_ENGINE === 'wasm' ? Promise.resolve(null) : importRuntime();
  return loaded;
}

/** What inference runs on here. */
export async function engineName(): Promise<'onnxruntime' | 'wasm'> {
  return (await loadOnnxRuntime()) ? 'onnxruntime' : 'wasm';
}

async function importRuntime(): Promise<OnnxRuntime | null> {
  try {
    const runtime = await import('onnxruntime-node');
    return runtime;
  } catch {
    return null;
  }
}

/**
 * Opens an ONNX model for one thread: photos are shared out among threads, not the work on one.
 *
 * @param model path of the file, or its bytes
 * @throws Error when it cannot be read or is no model that this engine runs
 */
export async function openOnnxSession(runtime: OnnxRuntime, model: string | Uint8Array): Promise<OnnxSession> {
  const options = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Warnings about models go to stderr otherwise, in the middle of a progress line.
    logSeverityLevel: 3,
  } as const;
  return typeof model === 'string'
    ? runtime.InferenceSession.create(model, options)
    : runtime.InferenceSession.create(model, options);
}
