/** Layers of a network as features: the right tensor, whole and in order. */
import { allclose, tinyRecipe } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { labelledImages, selectSamples } from '../data/index.ts';
import { HOG } from '../features/index.ts';
import { rawImage, resize } from '../image/index.ts';
import { decodeModel, GraphBuilder, inputOfLastLinear, subgraphTo } from '../onnx/index.ts';
import { Random, tensor, type Tensor } from '../tensor/index.ts';
import { exportModel } from '../train/index.ts';
import { ExpressionClassifier } from './classifier.ts';
import { extractFeatures, FeatureExtractor } from './feature-extractor.ts';
import { collectFeatures } from './collect-features.ts';
import { openFeatureSource } from './feature-source.ts';

const MODEL = exportModel(tinyRecipe, new Map());
const N = 131; // more than a batch
const random = new Random(1);
const images = labelledImages({
  images: {
    count: N,
    height: 48,
    width: 48,
    channels: 1,
    pixels: Uint8Array.from({ length: N * 48 * 48 }, () => random.int(256)),
  },
  classes: ['a', 'b'],
  labels: new Int32Array(N),
  ids: Array.from({ length: N }, (_, i) => `${i}`),
});

test('the default layer is what the first head is a linear function of', async () => {
  const graph = decodeModel(MODEL);
  const extractor = await FeatureExtractor.create(MODEL);
  const features = await extractor.extract(images);
  const D = features.dims[1]!;
  expect(features.dims[0]).toBe(N);
  expect(extractor.sha256).toMatch(/^[0-9a-f]{64}$/);
  // Both heads take this tensor; the first has 8 classes, the other 7
  const K = 8;
  const users = graph.nodes.filter(
    (node) => (node.op === 'Gemm' || node.op === 'MatMul') && node.inputs[0]!.name === extractor.layer,
  );
  const last = users.find((node) => graph.initializers.get(node.inputs[1]!.name)!.dims.includes(K))!;
  const weights = graph.initializers.get(last.inputs[1]!.name)!;
  expect(weights.dims).toContain(D);

  // The logits that the whole model gives are those features through that layer, up to its bias
  const classifier = await ExpressionClassifier.create(MODEL, 'model');
  const x = classifier.toTensor(
    [0, N - 1].map((i) => rawImage(48, 48, 1, images.images.pixels.subarray(i * 2304, (i + 1) * 2304))),
  );
  const logits = (await classifier.logits(x))[0]!.data as Float32Array;
  const isTransposed = last.attrs['transB']?.value === 1;
  const through = (row: number, k: number): number => {
    let sum = 0;
    for (let j = 0; j < D; j++)
      sum += features.data[row * D + j]! * Number(weights.data[isTransposed ? k * D + j : j * K + k]);
    return sum;
  };
  const difference = (k: number): number => logits[K + k]! - logits[k]!;
  for (let k = 0; k < K; k++)
    allclose([through(N - 1, k) - through(0, k)], [difference(k)], { rtol: 1e-3, atol: 1e-5 });
  await Promise.all([extractor.release(), classifier.release()]);
});

test('any tensor can be asked for; more dimensions are flattened', async () => {
  const graph = decodeModel(MODEL);
  const conv = graph.nodes.find((node) => node.op === 'Conv')!.outputs[0]!;
  const size = (conv.shape.slice(1) as number[]).reduce((a, b) => a * b);
  const few = selectSamples(images, Int32Array.of(0, 1));
  const features = await extractFeatures(MODEL, few, { layer: conv.name });
  expect(features.dims).toEqual([2, size]);
  await expect(extractFeatures(MODEL, few, { layer: 'nothing' })).rejects.toThrow(
    'model: has no tensor "nothing"; the last of its',
  );
  await expect(extractFeatures(new Uint8Array([1, 2]), few)).rejects.toThrow('model: ');
});

test('a descriptor works on images of any size', async () => {
  const source = await openFeatureSource('hog');
  const features = await collectFeatures(source, images);
  expect(features.dims).toEqual([N, 4000]);
  const image = rawImage(48, 48, 1, images.images.pixels.subarray(5 * 2304, 6 * 2304));
  expect(features.data.subarray(5 * 4000, 6 * 4000)).toEqual(HOG.extract(resize(image, { width: 100, height: 100 })));
  await expect(openFeatureSource('hog', { layer: 'x' })).rejects.toThrow(
    'hog: is a descriptor, not a network: it has no layer "x"',
  );
});

describe('parts of graphs', () => {
  const build = (): { b: GraphBuilder; features: string; output: string } => {
    const b = new GraphBuilder('test');
    const x = b.input('x', 'float32', ['N', 3]);
    const weights = (rows: number, columns: number): Tensor =>
      tensor('float32', [rows, columns], new Float32Array(rows * columns).fill(1));
    const features = b.op('Relu', [b.op('MatMul', [x, b.constant(weights(3, 4))])]);
    const scores = b.op('Add', [
      b.op('MatMul', [features, b.constant(weights(4, 2))]),
      b.constant(tensor('float32', [2], new Float32Array(2))),
    ]);
    const other = b.op('MatMul', [x, b.constant(weights(3, 5))]);
    b.output(scores, 'scores');
    b.output(other, 'other');
    return { b, features: features.name, output: 'scores' };
  };

  test('the last linear layer is found through its bias', () => {
    const { b, features, output } = build();
    expect(inputOfLastLinear(b.graph, output)).toBe(features);
  });

  test('what the values do not need is left out', () => {
    const { b, features } = build();
    const part = subgraphTo(b.graph, [features]);
    expect(part.nodes.map(({ op }) => op)).toEqual(['MatMul', 'Relu']);
    expect([part.outputs.map(({ name }) => name), part.initializers.size]).toEqual([[features], 1]);
  });

  test('a graph without a linear layer has no such features', () => {
    const b = new GraphBuilder('test');
    b.output(b.op('Relu', [b.input('x', 'float32', ['N', 3])]), 'y');
    expect(() => inputOfLastLinear(b.graph, 'y')).toThrow('has no single Gemm or MatMul before "y"');
  });
});
