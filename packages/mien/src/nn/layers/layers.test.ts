/** Layers against PyTorch: outputs, and the gradients of Σ outputs·dy in every input and parameter. */
import { allclose, allcloseToLargest, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../autodiff/index.ts';
import { evaluateGraph, type Value } from '../../onnx/index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';
import { createSession } from '../../runtime/index.ts';
import { float32, toNumbers, type Tensor } from '../../tensor/index.ts';
import {
  ACTIVATION_NAMES,
  activation,
  averagePool,
  batchNorm,
  conv1d,
  conv3d,
  convTranspose,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  maxPool,
  multiHeadAttention,
  NetworkBuilder,
  prelu,
  recurrent,
  resizeMap,
  separableConv2d,
  squeezeExcite,
  weightedPool,
  type RecurrentOptions,
} from '../index.ts';

type Inputs = Readonly<Record<string, Value>> & { readonly x: Value };
type Build = (b: NetworkBuilder, inputs: Inputs) => Readonly<Record<string, Value>>;

const one =
  (build: (b: NetworkBuilder, x: Value) => Value): Build =>
  (b, { x }) => ({ y: build(b, x) });
const sequence =
  (options: Omit<RecurrentOptions, 'hidden'>): Build =>
  (b, { x, lengths }) => ({ ...recurrent(b, 'p', x, { hidden: 4, ...options, ...(lengths ? { lengths } : {}) }) });

/** The cases of tools/golden/layers.py. Each layer is named "p"; its parameters follow as PyTorch names them. */
const CASES: Readonly<Record<string, Build>> = {
  conv1d: one((b, x) => conv1d(b, 'p', x, { channels: 4, kernel: 3, stride: 2, pad: 1, dilation: 2 })),
  conv3d: one((b, x) => conv3d(b, 'p', x, { channels: 3, kernel: [2, 3, 3], stride: [1, 2, 1], pad: [0, 1, 1] })),
  separable: one((b, x) => separableConv2d(b, 'p', x, { channels: 4, kernel: 3, stride: 2, pad: 1 })),
  transposed1d: one((b, x) => convTranspose(b, 'p', x, { channels: 2, kernel: 4, stride: 2, pad: 1 })),
  transposed2d: one((b, x) => convTranspose(b, 'p', x, { channels: 2, kernel: 3, stride: 2, pad: 1, outputPad: 1 })),
  transposed3d: one((b, x) => convTranspose(b, 'p', x, { channels: 2, kernel: 2, stride: 2 })),
  batchNorm1d: one((b, x) => batchNorm(b, 'p', x)),
  batchNorm3d: one((b, x) => batchNorm(b, 'p', x)),
  layerNorm: one((b, x) => layerNorm(b, 'p', x)),
  layerNorm2: one((b, x) => layerNorm(b, 'p', x, { axes: 2 })),
  groupNorm: one((b, x) => groupNorm(b, 'p', x, 2)),
  instanceNorm: one((b, x) => instanceNorm(b, 'p', x, { affine: true })),
  lrn: one((b, x) => localResponseNorm(b, x, { alpha: 0.5 })),
  lrnPower: one((b, x) => localResponseNorm(b, x, { size: 3, alpha: 0.5, beta: 0.5, k: 1 })),
  squeezeExcite: one((b, x) => squeezeExcite(b, 'p', x, 4)),
  averagePoolCeil: one((b, x) => averagePool(b, x, 3, { stride: 2, pad: 1, ceil: true })),
  maxPoolCeil: one((b, x) => maxPool(b, x, 2, { ceil: true })),
  weightedPool: one((b, x) => weightedPool(b, 'p', x)),
  maxPool3d: one((b, x) => maxPool(b, x, [1, 2, 2])),
  bilinear: one((b, x) => resizeMap(b, x, { scale: 2, mode: 'bilinear' })),
  bilinearCorners: one((b, x) => resizeMap(b, x, { scale: 2, mode: 'bilinear', alignCorners: true })),
  nearest: one((b, x) => resizeMap(b, x, { scale: 3, mode: 'nearest' })),
  ...Object.fromEntries(ACTIVATION_NAMES.map((name) => [`activation.${name}`, one((b, x) => activation(b, name, x))])),
  prelu: one((b, x) => prelu(b, 'p', x)),
  lstm: sequence({ cell: 'lstm' }),
  lstmBidirectionalPacked: sequence({ cell: 'lstm', layers: 2, bidirectional: true }),
  gru: sequence({ cell: 'gru', layers: 2 }),
  gruBidirectionalPacked: sequence({ cell: 'gru', bidirectional: true }),
  tanhPacked: sequence({ cell: 'tanh', bidirectional: true }),
  relu: sequence({ cell: 'relu' }),
  selfAttention: one((b, x) => multiHeadAttention(b, 'p', x, { heads: 2 })),
  maskedCrossAttention: (b, { x, context, mask }) => ({
    y: multiHeadAttention(b, 'p', x, { heads: 3, context: context!, mask: mask! }),
  }),
};

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/layers.golden.json', import.meta.url));
});

/** The case's tensors of one kind by their last name, in float32 (they are float32 numbers). */
function tensors(name: string, kind: 'in' | 'param' | 'out' | 'dy' | 'grad'): Record<string, Tensor> {
  const found = golden.startingWith(`${name}/${kind}/`);
  return kind === 'out' || kind === 'grad'
    ? found
    : Object.fromEntries(Object.entries(found).map(([k, t]) => [k, float32(t.dims, toNumbers(t))]));
}

/** The training graph of a case with outputs `out.NAME` and `grad.NAME`, and what to feed it. */
function training(name: string): { b: NetworkBuilder; feeds: Record<string, Tensor> } {
  const inputs = tensors(name, 'in');
  const dys = tensors(name, 'dy');
  const weights = Object.fromEntries(Object.entries(tensors(name, 'param')).map(([k, t]) => [`p.${k}`, t]));
  const b = new NetworkBuilder(name, { training: true, weights: new Map(Object.entries(weights)) });
  const values = Object.fromEntries(Object.entries(inputs).map(([k, t]) => [k, b.input(k, 'float32', t.dims)]));
  const outputs = CASES[name]!(b, values as Inputs);
  const terms = Object.entries(outputs).map(([k, y]) =>
    b.op('ReduceSum', [b.op('Mul', [y, b.constant(dys[k]!)])], { keepdims: 0 }),
  );
  const sources = Object.keys(tensors(name, 'grad')).map((k): [string, Value] => [
    k,
    values[k] ?? b.parameters.get(`p.${k}`)!.value,
  ]);
  gradients(
    b,
    terms.reduce((a, c) => b.op('Add', [a, c])),
    sources.map(([, v]) => v),
  ).forEach((g, i) => b.output(g, `grad.${sources[i]![0]}`));
  for (const [k, y] of Object.entries(outputs)) b.output(y, `out.${k}`);
  const states = Object.fromEntries([...b.parameters].map(([k, p]) => [k, p.initial]));
  return { b, feeds: { ...inputs, ...states, ...weights } };
}

function compare(name: string, results: Readonly<Record<string, Tensor>>, share: number): void {
  for (const kind of ['out', 'grad'] as const) {
    for (const [k, expected] of Object.entries(tensors(name, kind))) {
      allcloseToLargest(results[`${kind}.${k}`]!, expected, share);
    }
  }
}

describe.each(Object.keys(CASES))('%s', (name) => {
  it("is PyTorch's in float64, output and gradients", () => {
    const { b, feeds } = training(name);
    compare(name, evaluateGraph(b.graph, feeds), 1e-6);
  });

  it("is PyTorch's in ONNX Runtime", async () => {
    const { b, feeds } = training(name);
    const session = await createSession(encodeModel(b.graph));
    compare(name, await session.run(feeds), 5e-5);
    await session.release();
  });

  it('takes a batch of unknown size in inference', () => {
    const inputs = tensors(name, 'in');
    const b = new NetworkBuilder(name, {
      weights: new Map(Object.entries(tensors(name, 'param')).map(([k, t]) => [`p.${k}`, t])),
    });
    const values = Object.fromEntries(
      Object.entries(inputs).map(([k, t]) => [k, b.input(k, 'float32', ['N', ...t.dims.slice(1)])]),
    );
    for (const [k, y] of Object.entries(CASES[name]!(b, values as Inputs))) b.output(y, k);
    const results = evaluateGraph(b.graph, inputs);
    // Batch normalisation has other statistics in inference
    if (!name.startsWith('batchNorm'))
      for (const [k, expected] of Object.entries(tensors(name, 'out')))
        allclose(results[k]!, expected, { rtol: 1e-6, atol: 1e-6 });
  });
});

it('has every case of the golden file', () => {
  expect(Object.keys(CASES).sort()).toEqual([...new Set(golden.tensorNames.map((n) => n.split('/')[0]!))].sort());
});
