/**
 * The port through which everything executes: a loaded graph with named tensors in and out.
 * `ort-node.ts` and (in the browser) `ort-web.ts` are the only importers of ONNX Runtime.
 */
import type { Tensor } from '../tensor/index.ts';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface SessionOptions {
  readonly device?: Device;
  /** Threads within an op; in Node all cores when absent, in a browser the runtime's own choice. */
  readonly threads?: number;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * @param feeds a tensor for each input name
   * @param outputs names of the outputs wanted; all when absent
   * @param into tensors to write outputs into, by name; one may be an input that the graph reads in the same places
   *   only
   * @throws {MienError} when an input is missing, does not fit, or the runtime fails
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>>;
  /** Frees native memory; the session cannot run afterwards. */
  release(): Promise<void>;
}
