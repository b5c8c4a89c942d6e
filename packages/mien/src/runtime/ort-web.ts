/**
 * ONNX Runtime in the browser, in place of ort-node.ts where a bundler resolves the condition `browser`: the only file
 * that imports onnxruntime-web. `cpu` is its WebAssembly build, with threads where the page is cross-origin isolated.
 */
import type * as Ort from 'onnxruntime-web';
import { MienError } from '../errors.ts';
import { adaptSession, firstLine } from './adapt.ts';
import type { Device, Session, SessionOptions } from './session.ts';

/**
 * The build for a device, loaded when it is first asked for: with WebGPU a page would fetch 27 MB of WebAssembly,
 * without 14.
 */
async function loadRuntime(device: Device): Promise<typeof Ort> {
  const ort = await (device === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm'));
  ort.env.logLevel = 'fatal';
  return ort;
}

/** What WebGPU is asked for, one after the other: ONNX Runtime refuses a session while another is made or runs there. */
let gpuQueue: Promise<unknown> = Promise.resolve();

function inTurn<T>(device: Device, work: () => Promise<T>): Promise<T> {
  if (device !== 'webgpu') return work();
  const turn = gpuQueue.then(work);
  gpuQueue = turn.catch(() => undefined);
  return turn;
}

/**
 * Loads an ONNX model.
 * @param model the bytes of an .onnx file
 * @param options `threads` counts for the whole page, from the first session on
 * @param label names the model in errors
 * @throws {MienError} when the bytes are not a valid model, or the device is not available
 */
export async function createSession(
  model: Uint8Array,
  options: SessionOptions = {},
  label = 'model',
): Promise<Session> {
  const device = options.device ?? 'cpu';
  if (device === 'cuda')
    throw new MienError(`${label}: cannot be loaded on cuda, which a browser does not have; use webgpu or cpu`);
  if (device === 'webgpu' && (globalThis as { navigator?: { gpu?: object } }).navigator?.gpu === undefined)
    throw new MienError(`${label}: cannot be loaded on webgpu, which this browser does not have; use cpu`);
  const ort = await loadRuntime(device);
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  let session: Ort.InferenceSession;
  try {
    session = await inTurn(device, () =>
      ort.InferenceSession.create(model, {
        // Changed to WebGPU's own layout (NHWC), ONNX Runtime 1.30 takes the full-range face detector's shapes for wrong
        executionProviders: [device === 'cpu' ? 'wasm' : { name: 'webgpu', preferredLayout: 'NCHW' }],
        logSeverityLevel: 3,
        graphOptimizationLevel: 'all',
      }),
    );
  } catch (cause) {
    throw new MienError(`${label}: cannot be loaded on ${device} (${firstLine(cause)})`, { cause });
  }
  return adaptSession(session, label, {
    wrap: (t) => new ort.Tensor(t.dtype as 'float32', t.data as Float32Array, t.dims),
    async run(feeds, outputs, into) {
      const results = await inTurn(device, () => session.run(feeds, [...outputs]));
      // The WebAssembly build writes into its own memory only
      for (const [name, t] of Object.entries(into)) (t.data as Float32Array).set(results[name]!.data as Float32Array);
      return results;
    },
  });
}
