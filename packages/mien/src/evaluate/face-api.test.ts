/** dlib's network out of face-api: the same descriptors as face-api's own, also of grey images, also once it is measured. */
import { demoPhoto } from 'mien-testkit';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelledImages, type LabelledImages } from '../data/index.ts';
import { readFaceApiRecognition } from '../face/packages.ts';
import { crop, resize } from '../image/index.ts';
import { buildNetwork, encodeNetwork } from '../nn/index.ts';
import { DLIB_DIVISOR, DLIB_MEANS, faceResNet } from '../nn/models/index.ts';
import { encodeModel, subgraphTo } from '../onnx/index.ts';
import { RECIPES } from '../recipes/index.ts';
import { createSession } from '../runtime/index.ts';
import { float32, Random, tensor, type Tensor } from '../tensor/index.ts';
import { measureNorms } from '../train/measure-norms.ts';
import { decodeWeightsFile, faceResNetWeights } from './face-api.ts';
import { startFrom } from './start-from.ts';

const SIDE = 150;
const LABEL = 'face-api';
const recipe = RECIPES.find(({ id }) => id === 'face-resnet.ferplus')!;
const grayMean = DLIB_MEANS.reduce((sum, mean) => sum + mean, 0) / 3;

type Weights = ReadonlyMap<string, Tensor>;
type Network = ReturnType<typeof faceResNet>;

let tensors: Map<string, Tensor<'float32'>>;

beforeAll(async () => {
  const { manifest, weights } = await readFaceApiRecognition();
  tensors = decodeWeightsFile(manifest, weights, LABEL);
});

/** Two faces of a photo, RGB, [2,150,150,3]. */
async function faces(): Promise<Float32Array> {
  const photo = await demoPhoto(6);
  const boxes = [
    { x: 1169, y: 351, width: 226, height: 226 },
    { x: 667, y: 365, width: 258, height: 258 },
  ];
  return Float32Array.from(boxes.flatMap((box) => [...resize(crop(photo, box), { width: SIDE, height: SIDE }).data]));
}

async function featuresOf(network: Network, weights: Weights, x: Tensor): Promise<Float32Array> {
  const session = await createSession(encodeNetwork(network, weights, { outputs: ['features'] }), { threads: 1 });
  const { features } = await session.run({ x });
  await session.release();
  return features!.data as Float32Array;
}

/** [N,H,W,3] of 0 … 255 → [N,3,H,W], less dlib's means, divided. */
function planes(pixels: Float32Array, side: number, divisor: number): Tensor {
  const area = side * side;
  const out = new Float32Array(pixels.length);
  pixels.forEach((value, at) => {
    const [n, p, c] = [Math.floor(at / (3 * area)), Math.floor(at / 3) % area, at % 3];
    out[(3 * n + c) * area + p] = (value - DLIB_MEANS[c]!) / divisor;
  });
  return tensor('float32', [pixels.length / (3 * area), 3, side, side], out);
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

describe('the network', () => {
  it("gives face-api's own descriptors", async () => {
    const require = createRequire(import.meta.url);
    const tf = require('@tensorflow/tfjs') as TensorFlow;
    const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
    wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`);
    expect(await tf.setBackend('wasm')).toBe(true);
    const { nets } = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
    const folder = dirname(require.resolve('@vladmandic/face-api/package.json'));
    await nets.faceRecognitionNet.loadFromDisk(join(folder, 'model'));
    const pixels = await faces();
    const input = tf.unstack(tf.tensor(pixels, [2, SIDE, SIDE, 3]));
    const theirs = ((await nets.faceRecognitionNet.computeFaceDescriptor(input)) as Float32Array[]).flatMap((d) => [
      ...d,
    ]);

    const weights = faceResNetWeights(tensors, 3, LABEL);
    // face-api divides by 255, dlib by 256
    const features = await featuresOf(faceResNet({ heads: {} }), weights, planes(pixels, SIDE, 255));
    const fc = tensors.get('fc')!; // [256,128]
    const ours = Array.from({ length: theirs.length }, (_, at) => {
      const [n, k] = [Math.floor(at / 128), at % 128];
      let sum = 0;
      for (let i = 0; i < 256; i++) sum += features[256 * n + i]! * fc.data[128 * i + k]!;
      return sum;
    });
    expect(Math.max(...theirs.map(Math.abs))).toBeGreaterThan(0.1);
    expect(farthest(ours, theirs)).toBeLessThan(1e-4);
  });

  it('answers to grey images as to RGB images of that grey, at other sizes too', async () => {
    const side = 80;
    const random = new Random(1, 'grey');
    const gray = Float32Array.from({ length: 2 * side * side }, () => random.range(0, 255));
    const rgb = Float32Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)]!);
    const x = tensor(
      'float32',
      [2, 1, side, side],
      gray.map((v) => (v - grayMean) / DLIB_DIVISOR),
    );
    const options = { heads: {}, size: side };
    const own = await featuresOf(faceResNet({ ...options, channels: 1 }), faceResNetWeights(tensors, 1, LABEL), x);
    const three = await featuresOf(
      faceResNet(options),
      faceResNetWeights(tensors, 3, LABEL),
      planes(rgb, side, DLIB_DIVISOR),
    );
    expect(Math.max(...three)).toBeGreaterThan(0.01);
    expect(farthest(own, three)).toBeLessThan(1e-4);
  });
});

describe('startFrom face-api', () => {
  it('gives all but the heads, and says where the weights are from', async () => {
    const { weights, left, startedFrom, measureNorms: isAsked } = await startFrom(recipe, 'face-api');
    const { b } = buildNetwork(recipe.network);
    expect([...weights.keys()].filter((name) => name.endsWith('.conv.weight'))).toHaveLength(29);
    expect(left.map(({ name }) => name)).toEqual([...b.parameters.keys()].filter((name) => name.startsWith('head.')));
    expect(weights.size + left.length).toBe(b.parameters.size);
    expect(isAsked).toBe(true);
    expect(startedFrom).toMatchObject([
      { name: expect.stringMatching(/dlib.*face-api 1\.7\.15.*public domain.*research/), trainedOn: [] },
    ]);
  });

  it('refuses a network that has none of its tensors', async () => {
    const other = RECIPES.find(({ id }) => id === 'default')!;
    await expect(startFrom(other, 'face-api')).rejects.toThrow('face-api: has no tensor of a name and shape');
  });

  it('says in a line what to install where the package is not there', async () => {
    await expect(readFaceApiRecognition('@vladmandic/absent')).rejects.toThrow(
      '@vladmandic/absent: the npm package is not installed: npm install @vladmandic/absent',
    );
  });
});

/** Grey noise of any contrast, as the recipe takes it. */
function pictures(count: number): LabelledImages {
  const { width, height } = recipe.preprocess;
  const random = new Random(2, 'pictures');
  const pixels = Uint8Array.from({ length: count * width * height }, (_, i) =>
    random.int(20 + 40 * (Math.floor(i / (width * height)) % 6)),
  );
  return labelledImages({
    images: { count, width, height, channels: 1, pixels },
    classes: ['a', 'b'],
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    ids: Array.from({ length: count }, (_, i) => String(i)),
  });
}

it('normalizations get the statistics of images, and the network answers as before', async () => {
  const samples = pictures(24);
  const { weights } = await startFrom(recipe, 'face-api');
  const measured = await measureNorms(recipe, samples, weights, { seed: 1, threads: 1 });
  expect(measured.size).toBe(4 * 29);
  const after = new Map([...weights, ...measured]);
  const { mean, std } = recipe.preprocess;
  const x = tensor(
    'float32',
    [24, 1, 80, 80],
    Float32Array.from(samples.images.pixels, (v) => (v / 255 - mean[0]!) / std[0]!),
  );
  const network = faceResNet({ heads: {}, channels: 1, size: 80 });
  const own = await featuresOf(network, weights, x);
  expect(farthest(await featuresOf(network, after, x), own)).toBeLessThan(1e-3 * Math.max(...own));

  // The first convolution's outputs over all images, by hand
  const { b } = buildNetwork(network, { weights: after });
  const norm = b.graph.nodes.find(({ op }) => op === 'BatchNormalization')!;
  b.output(norm.inputs[0]!, 'maps');
  const session = await createSession(encodeModel(subgraphTo(b.graph, ['maps'])), { threads: 1 });
  const { maps } = await session.run({ x });
  await session.release();
  const [n, channels, height, width] = maps!.dims as [number, number, number, number];
  const area = height * width;
  for (const c of [0, 17]) {
    const values = Array.from({ length: n * area }, (_, i) =>
      Number(maps!.data[(Math.floor(i / area) * channels + c) * area + (i % area)]),
    );
    const m = values.reduce((sum, v) => sum + v, 0) / values.length;
    const v = values.reduce((sum, value) => sum + (value - m) ** 2, 0) / values.length;
    expect(measured.get('conv32_down.norm.running_mean')!.data[c]).toBeCloseTo(m, 5);
    expect(Number(measured.get('conv32_down.norm.running_var')!.data[c]) / v).toBeCloseTo(1, 3);
  }
});

describe('a file of weights', () => {
  const entry = (name: string, shape: number[], quantization?: object): object => ({
    name,
    shape,
    dtype: 'float32',
    ...(quantization ? { quantization } : {}),
  });
  const manifest = (...weights: object[]): string => JSON.stringify([{ weights, paths: ['a.bin'] }]);

  it('has bytes and numbers of any place', () => {
    const bytes = new Uint8Array(3 + 8);
    bytes.set([0, 10, 255]);
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 3);
    const coded = { dtype: 'uint8', scale: 0.5, min: -1 };
    const found = decodeWeightsFile(manifest(entry('a', [3], coded), entry('b', [2, 1])), bytes, LABEL);
    expect(found).toEqual(
      new Map([
        ['a', float32([3], [-1, 4, 126.5])],
        ['b', float32([2, 1], [1.5, -2])],
      ]),
    );
  });

  it.each([
    ['{', 0, 'is not JSON, expected a manifest of weights'],
    ['[{}]', 0, 'is not a manifest of weights: 0.weights'],
    [manifest(entry('a', [2], { dtype: 'uint16', scale: 1, min: 0 })), 4, '0.weights.0.quantization.dtype'],
    [manifest(entry('a', [2])), 7, 'expected 8 bytes of weights, got 7'],
  ])('is refused where it is another: %s', (text, length, message) => {
    expect(() => decodeWeightsFile(text, new Uint8Array(length), LABEL)).toThrow(message);
  });

  it('is refused where a convolution lacks its scale', () => {
    const cut = new Map([...tensors].filter(([name]) => name !== 'conv64_1/conv2/scale/weights'));
    expect(() => faceResNetWeights(cut, 1, LABEL)).toThrow('face-api: has no conv64_1/conv2/scale/weights');
  });
});

/** What we call of these packages. */
interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: number[]): unknown;
  unstack(batch: unknown): unknown[];
}
interface FaceApi {
  readonly nets: {
    readonly faceRecognitionNet: {
      loadFromDisk(folder: string): Promise<void>;
      computeFaceDescriptor(input: unknown): Promise<Float32Array | Float32Array[]>;
    };
  };
}
