/** ONNX Runtime in Node: the only file that imports onnxruntime-node. */
import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { MienError } from '../errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { adaptSession, firstLine } from './adapt.ts';
import type { Device, Session, SessionOptions } from './session.ts';

// From 1.30 on the runtime's native library reports its use to Microsoft (mobile.events.data.microsoft.com) unless it is
// told not to, and leaves files in the folder for temporary ones. It reads this when its first session is made. Set in a
// worker thread it does not reach the library: whoever works in threads alone sets it where the process starts.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

// Failures reach the caller as exceptions; without this the runtime also prints them, with colours, on stderr.
ort.env.logLevel = 'fatal';

/** What each device needs; docs/guides/devices.md says more. */
const NEEDS: Readonly<Record<Exclude<Device, 'cpu'>, string>> = {
  cuda: "it needs an NVIDIA GPU, CUDA 12, cuDNN 9 and ONNX Runtime's files for CUDA",
  webgpu: 'it needs a GPU with its driver for Vulkan, Metal or Direct3D 12',
};

/** Version of ONNX Runtime. */
export const runtimeVersion = (): string => ort.env.versions.node ?? ort.env.versions.common;

/**
 * Loads an ONNX model.
 * @param model the bytes of an .onnx file
 * @param label names the model in errors (a file name)
 * @throws {MienError} when the bytes are not a valid model, or the device is not available
 * @example
 * ```ts
 * import { encodeModel, GraphBuilder } from 'mienjs/onnx';
 * import { createSession } from 'mienjs/runtime';
 * import { float32 } from 'mienjs/tensor';
 *
 * const b = new GraphBuilder('double');
 * b.output(b.op('Mul', [b.input('x', 'float32', [2]), 2]), 'y');
 * const session = await createSession(encodeModel(b.graph));
 * [...(await session.run({ x: float32([2], [1, 3]) }))['y']!.data]; // → [2, 6]
 * await session.release();
 * ```
 */
export async function createSession(
  model: Uint8Array,
  options: SessionOptions = {},
  label = 'model',
): Promise<Session> {
  const device = options.device ?? 'cpu';
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: [device],
      logSeverityLevel: 3,
      graphOptimizationLevel: 'all',
      // Planned memory takes a third to two thirds more for a training step, and is no faster
      enableMemPattern: false,
      // Left to itself the runtime counts physical cores, which it cannot do on some virtual machines: there it takes
      // one
      intraOpNumThreads: options.threads ?? availableParallelism(),
      // Idle threads would spin: beside other work, two threads then take up to three times as long as one
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    const reason = firstLine(cause);
    if (device === 'cpu') throw new MienError(`${label}: cannot be loaded (${reason})`, { cause });
    // The runtime's message for a device begins with paths and names of its own source; the last sentence is what it
    // means.
    throw new MienError(
      `${label}: cannot be loaded on ${device} (${reason.split(/\. |: /).at(-1)!}); ${NEEDS[device]}, or use cpu`,
      { cause },
    );
  }
  return adaptSession(session, label, {
    wrap: toOrt,
    // Outputs are copied out of the runtime even where they are also written into given memory
    run: (feeds, outputs, into) =>
      session.run(feeds, Object.fromEntries(outputs.map((name) => [name, into[name] ? toOrt(into[name]) : null]))),
  });
}

function toOrt(t: Tensor): ort.Tensor {
  // From Node 24 on the runtime makes a Float16Array of such data, which its native part cannot read
  if (t.dtype === 'float16')
    return Object.assign(new ort.Tensor('uint16', t.data as Uint16Array, t.dims), { type: 'float16' as const });
  return new ort.Tensor(t.dtype as 'float32', t.data as Float32Array, t.dims);
}
