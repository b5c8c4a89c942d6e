/**
 * The expression network alone, against what JavaScript users have: face-api's and human's networks in
 * TensorFlow.js wasm. Each gets a crop in memory at its own input size and gives probabilities in memory.
 */
import { ExpressionClassifier } from 'mienjs/predict';
import { Random, sizeOf, tensor, type Tensor } from 'mienjs/tensor';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadExpressionModel } from './expression-model.ts';
import { folderOf, versionOf } from './installed.ts';
import { loadTensorFlow, startWasm, type TensorFlow, type TfTensor } from './tensorflow.ts';
import { interleave, median, millisecondsPerRun } from './timing.ts';

export interface PeerRow {
  readonly bench: 'peers';
  readonly name: string;
  readonly threads: number;
  readonly batch: number;
  readonly msPerImage: number;
  /** To Mien's time with as many threads and as large a batch. */
  readonly ratioToMien: number;
}

/** One network, ready to run: a call classifies the batch that it was prepared with. */
interface Side {
  readonly name: string;
  readonly threads: number;
  readonly batch: number;
  readonly run: () => Promise<unknown>;
}

const BATCHES = [1, 32] as const;
const require = createRequire(import.meta.url);

/** @param threads of ONNX Runtime, besides 1 */
export async function benchPeers(rounds: number, threads: number): Promise<PeerRow[]> {
  const tf = loadTensorFlow();
  const peerThreads = await startWasm(tf, threads);
  const counts = [...new Set([peerThreads, threads])];
  const sides = [
    ...(await Promise.all(['default', 'fast'].flatMap((name) => counts.map((n) => prepareMien(name, n))))).flat(),
    ...(await prepareFaceApi(tf, peerThreads)),
    ...(await prepareHuman(tf, peerThreads)),
  ];
  const samples = await interleave(
    sides.map(
      ({ run }) =>
        () =>
          millisecondsPerRun(run),
    ),
    rounds,
  );
  const msPerImage = samples.map((ms, i) => median(ms) / sides[i]!.batch);
  return sides.map(({ name, threads, batch }, i) => {
    const mien = sides.findIndex((side) => side.threads === threads && side.batch === batch); // the default model comes first
    return {
      bench: 'peers',
      name,
      threads,
      batch,
      msPerImage: msPerImage[i]!,
      ratioToMien: msPerImage[i]! / msPerImage[mien]!,
    };
  });
}

async function prepareMien(name: string, threads: number): Promise<Side[]> {
  const model = await loadExpressionModel(name);
  const classifier = await ExpressionClassifier.create(model.bytes, model.name, { threads });
  return BATCHES.map((batch) => {
    const x = crops([batch, 1, 48, 48], -2, 2);
    return { name: `mien ${model.name}`, threads, batch, run: () => classifier.logits(x) };
  });
}

async function prepareFaceApi(tf: TensorFlow, threads: number): Promise<Side[]> {
  const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  const net = faceApi.nets.faceExpressionNet;
  await net.loadFromDisk(join(folderOf('@vladmandic/face-api'), 'model'));
  return Promise.all(
    BATCHES.map(async (batch) => {
      const input = await faceApi.toNetInput(tf.unstack(toTf(tf, crops([batch, 112, 112, 3], 0, 255))));
      const run = async (): Promise<void> => {
        const output = net.forwardInput(input);
        await output.data();
        output.dispose();
      };
      return { name: `face-api ${versionOf('@vladmandic/face-api')}`, threads, batch, run };
    }),
  );
}

async function prepareHuman(tf: TensorFlow, threads: number): Promise<Side[]> {
  const file = join(folderOf('@vladmandic/human'), 'models', 'emotion');
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(`${file}.json`, 'utf8')) as ModelJson;
  const weightData = Uint8Array.from(await readFile(`${file}.bin`)).buffer;
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData }),
  );
  return BATCHES.map((batch) => {
    const input = toTf(tf, crops([batch, 64, 64, 1], -1, 1));
    const run = async (): Promise<void> => {
      const output = model.execute(input) as TfTensor;
      await output.data();
      output.dispose();
    };
    return { name: `human ${versionOf('@vladmandic/human')}`, threads, batch, run };
  });
}

/** Crops that show nothing: the time does not depend on the pixels. Uniform values in the network's range. */
function crops(dims: readonly number[], low: number, high: number): Tensor<'float32'> {
  const random = new Random(1, 'bench');
  return tensor(
    'float32',
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => random.range(low, high)),
  );
}

const toTf = (tf: TensorFlow, { data, dims }: Tensor<'float32'>): TfTensor => tf.tensor(data, [...dims]);

/** What we call of face-api; its own types need a browser's. */
interface FaceApi {
  readonly nets: {
    readonly faceExpressionNet: { loadFromDisk(folder: string): Promise<void>; forwardInput(input: unknown): TfTensor };
  };
  toNetInput(images: TfTensor[]): Promise<unknown>;
}

/** What we read of a TensorFlow.js model file. */
interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest: { weights: import('@tensorflow/tfjs').io.WeightsManifestEntry[] }[];
}
