/** TensorFlow.js in Node: its wasm backend started, its instance shared with face-api, which requires it. */
import { MienError } from 'mienjs';
import { createRequire } from 'node:module';
import { folderOf } from './installed.ts';

const require = createRequire(import.meta.url);
export type TensorFlow = typeof import('@tensorflow/tfjs');
export type TfTensor = import('@tensorflow/tfjs').Tensor;

export const loadTensorFlow = (): TensorFlow => require('@tensorflow/tfjs') as TensorFlow;

/** @returns the threads that the wasm backend really has: in Node 1, as its worker needs a browser */
export async function startWasm(tf: TensorFlow, threads: number): Promise<number> {
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${folderOf('@tensorflow/tfjs-backend-wasm')}/dist/`);
  wasm.setThreadsCount(threads);
  if (!(await tf.setBackend('wasm'))) throw new MienError('bench: the wasm backend of TensorFlow.js does not start');
  return (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? wasm.getThreadsCount() : 1;
}
