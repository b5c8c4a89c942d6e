/**
 * TensorFlow.js at the plain network, forward and, where its backend can, one training step. A small batch, as it is
 * slow, and one thread, which is what TensorFlow.js has in Node; Mien has the same.
 */
import type * as tfjs from '@tensorflow/tfjs';
import { countParameters, inputShape, NetworkBuilder } from 'mienjs/nn';
import { encodeModel } from 'mienjs/onnx';
import { createSession } from 'mienjs/runtime';
import { MienError } from 'mienjs';
import { loadTensorFlow, startWasm, type TensorFlow } from '../tensorflow.ts';
import { interleave, median, millisecondsPerRun } from '../timing.ts';
import { PLAIN, prepareMien, randomBatch } from './networks.ts';

export interface TensorFlowRow {
  readonly bench: 'engine-tensorflow';
  readonly engine: string;
  readonly network: string;
  readonly batch: number;
  readonly threads: number;
  readonly forwardMs: number;
  /** A training step; null where the backend has no gradient of a convolution. */
  readonly stepMs: number | null;
  /** To Mien's times. */
  readonly forwardRatio: number;
  readonly stepRatio: number | null;
}

const BATCH = 2;
/** The slowest side takes a second a sample. */
const MAX_ROUNDS = 5;

interface Side {
  readonly engine: string;
  readonly threads: number;
  readonly forward: () => Promise<unknown>;
  /** Mien's step takes turns with the forward passes; TensorFlow.js's takes half a minute and was timed once. */
  readonly step: (() => Promise<unknown>) | number | null;
}

export async function benchTensorFlow(rounds: number): Promise<TensorFlowRow[]> {
  const tf = loadTensorFlow();
  const sides = [await mienSide(), await tensorFlowSide(tf, 'wasm'), await tensorFlowSide(tf, 'cpu')];
  const work = sides.flatMap(({ forward, step }) => (typeof step === 'function' ? [forward, step] : [forward]));
  const samples = (
    await interleave(
      work.map((run) => () => millisecondsPerRun(run)),
      Math.min(rounds, MAX_ROUNDS),
    )
  ).map(median);
  const ms = (run: Side['step']): number | null => (typeof run === 'function' ? samples[work.indexOf(run)]! : run);
  const [mien] = sides as [Side, ...Side[]];
  return sides.map(({ engine, threads, forward, step }) => {
    const stepMs = ms(step);
    return {
      bench: 'engine-tensorflow',
      engine,
      network: PLAIN.name,
      batch: BATCH,
      threads,
      forwardMs: ms(forward)!,
      stepMs,
      forwardRatio: ms(forward)! / ms(mien.forward)!,
      stepRatio: stepMs === null ? null : stepMs / ms(mien.step)!,
    };
  });
}

async function mienSide(): Promise<Side> {
  const b = new NetworkBuilder(PLAIN.name);
  b.output(PLAIN.network.build(b, b.input('x', 'float32', inputShape('N', PLAIN.network.input)))['logits']!, 'logits');
  const session = await createSession(encodeModel(b.graph), { threads: 1 });
  const { x } = randomBatch(PLAIN.network, BATCH);
  const { step } = await prepareMien({ ...PLAIN, batch: BATCH }, 1);
  return { engine: 'mien', threads: 1, forward: () => session.run({ x }), step };
}

async function tensorFlowSide(tf: TensorFlow, backend: 'wasm' | 'cpu'): Promise<Side> {
  const threads = backend === 'wasm' ? await startWasm(tf, 1) : 1;
  await tf.setBackend(backend);
  const model = plainInTensorFlow(tf);
  const { x, 'target.target': target } = randomBatch(PLAIN.network, BATCH);
  const images = tf.tensor4d(x.data, [BATCH, 48, 48, 1]); // one channel: the same numbers in either order
  const labels = tf.tensor2d(target.data, [BATCH, target.dims[1]!]);
  const forward = async (): Promise<void> => {
    await tf.setBackend(backend);
    const output = model.predict(images) as tfjs.Tensor;
    await output.data();
    output.dispose();
  };
  const started = performance.now();
  const step = await model.trainOnBatch(images, labels).then(
    () => performance.now() - started,
    (error: unknown) => {
      if (/kernel .* not (registered|found)/i.test((error as Error).message)) return null;
      throw error;
    },
  );
  return { engine: `tfjs ${tf.version.tfjs} ${backend}`, threads, forward, step };
}

/** The same layers; asserts the same number of parameters. */
function plainInTensorFlow(tf: TensorFlow): tfjs.Sequential {
  const model = tf.sequential();
  const conv = (filters: number, first: boolean): void => {
    model.add(
      tf.layers.conv2d({
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        ...(first ? { inputShape: [48, 48, 1] } : {}),
      }),
    );
  };
  [32, 64, 128].forEach((width, i) => {
    conv(width, i === 0);
    conv(width, false);
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  });
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 7, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.momentum(0.001, 0.9), loss: 'categoricalCrossentropy' });
  const parameters = countParameters(PLAIN.network);
  if (model.countParams() !== parameters)
    throw new MienError(
      `bench engine: ${PLAIN.name} has ${parameters} parameters here and ${model.countParams()} in TensorFlow.js`,
    );
  return model;
}
