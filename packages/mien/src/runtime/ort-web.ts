/**
 * ONNX Runtime in the browser, in place of ort-node.ts where a bundler resolves the condition `browser`: the only file
 * that imports onnxruntime-web. `cpu` is its WebAssembly build, with threads where the page is cross-origin isolated.
 */
import * as ort from 'onnxruntime-web/webgpu';
import { MienError } from '../errors.ts';
import type { DType, Tensor } from '../tensor/index.ts';
import type { Session, SessionOptions } from './session.ts';

ort.env.logLevel = 'fatal';

/**
 * Loads an ONNX model.
 * @param model the bytes of an .onnx file
 * @param options `threads` counts for the whole page, from the first session on
 * @param label names the model in errors
 * @throws {MienError} when the bytes are no valid model, or the device is not available
 */
export async function createSession(model: Uint8Array, options: SessionOptions = {}, label = 'model'): Promise<Session> {
  const device = options.device ?? 'cpu';
  if (device === 'cuda') throw new MienError(`${label}: cannot be loaded on cuda, which a browser does not have; use webgpu or cpu`);
  if (device === 'webgpu' && (globalThis as { navigator?: { gpu?: object } }).navigator?.gpu === undefined) throw new MienError(`${label}: cannot be loaded on webgpu, which this browser does not have; use cpu`);
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [device === 'cpu' ? 'wasm' : device],
      logSeverityLevel: 3,
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    throw new MienError(`${label}: cannot be loaded on ${device} (${firstLine(cause)})`, { cause });
  }
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, outputs, into) {
      const ortFeeds: Record<string, ort.Tensor> = {};
      for (const name of session.inputNames) {
        const t = feeds[name];
        if (!t) throw new MienError(`${label}: input "${name}" is missing`);
        ortFeeds[name] = new ort.Tensor(t.dtype as 'float32', t.data as Float32Array, t.dims);
      }
      const results = await session.run(ortFeeds, [...(outputs ?? session.outputNames)]).catch((cause: unknown) => {
        throw new MienError(`${label}: running failed (${firstLine(cause)})`, { cause });
      });
      // The WebAssembly build writes into its own memory only
      for (const [name, t] of Object.entries(into ?? {})) (t.data as Float32Array).set(results[name]!.data as Float32Array);
      return Object.fromEntries(Object.entries(results).map(([name, t]): [string, Tensor] => [name, { dtype: t.type as DType, dims: t.dims, data: t.data as Float32Array }]));
    },
    release: () => session.release(),
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
