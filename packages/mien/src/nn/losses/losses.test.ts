/** Every loss against PyTorch: value, gradients, new state; in the float64 evaluator and in ONNX Runtime. */
import { allcloseToLargest, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../autodiff/index.ts';
import { evaluateGraph, type Value } from '../../onnx/index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';
import { createSession } from '../../runtime/index.ts';
import { tensor, toNumbers, type Tensor } from '../../tensor/index.ts';
import {
  batchNeighbourMeans,
  centerLoss,
  contraction,
  contrastive,
  crossEntropy,
  discriminatorLoss,
  exponentialTriplet,
  focal,
  generatorLoss,
  hardTriplet,
  hinge,
  huber,
  islandLoss,
  klDivergence,
  l2Normalize,
  localityPreserving,
  meanAbsoluteError,
  meanSquaredError,
  NetworkBuilder,
  peakPiloted,
  reconstruction,
  sparsity,
  triplet,
  tupletClusters,
} from '../index.ts';

type Build = (b: NetworkBuilder, v: Readonly<Record<string, Value>>) => Value;

const WEIGHTS = [0.5, 2, 1, 0.25];
const encoder =
  (activation: 'sigmoid' | 'tanh' | 'relu'): Build =>
  (b, { x, weight }) => {
    const op = { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' } as const;
    return contraction(
      b,
      b.op(op[activation], [b.op('Gemm', [x!, weight!, null], { transB: 1 })]),
      weight!,
      activation,
    );
  };

/** The cases of tools/golden/losses.py. */
const CASES: Readonly<Record<string, Build>> = {
  crossEntropyHard: (b, v) => crossEntropy(b, v['logits']!, v['target']!),
  crossEntropySoft: (b, v) => crossEntropy(b, v['logits']!, v['target']!),
  crossEntropySmoothed: (b, v) => crossEntropy(b, v['logits']!, v['target']!, 0.125),
  crossEntropyWeighted: (b, v) => crossEntropy(b, v['logits']!, v['target']!, 0, WEIGHTS),
  crossEntropyWeightedSmoothed: (b, v) => crossEntropy(b, v['logits']!, v['target']!, 0.125, WEIGHTS),
  focal: (b, v) => focal(b, v['logits']!, v['target']!),
  hinge1: (b, v) => hinge(b, v['logits']!, v['target']!),
  hinge2: (b, v) => hinge(b, v['logits']!, v['target']!, { power: 2 }),
  crammerSinger1: (b, v) => hinge(b, v['logits']!, v['target']!, { form: 'crammer-singer' }),
  crammerSinger2: (b, v) => hinge(b, v['logits']!, v['target']!, { form: 'crammer-singer', power: 2 }),
  meanSquaredError: (b, v) => meanSquaredError(b, v['prediction']!, v['target']!),
  meanAbsoluteError: (b, v) => meanAbsoluteError(b, v['prediction']!, v['target']!),
  huber: (b, v) => huber(b, v['prediction']!, v['target']!, 0.5),
  klDivergence: (b, v) => klDivergence(b, v['logits']!, v['target']!),
  center: (b, v) => centerLoss(b, 'c', v['features']!, v['target']!),
  island: (b, v) => islandLoss(b, 'c', v['features']!, v['target']!, { rate: 0.25 }),
  localityPreserving1: (b, v) =>
    localityPreserving(b, v['features']!, batchNeighbourMeans(b, v['features']!, v['target']!, 1)),
  localityPreserving5: (b, v) =>
    localityPreserving(b, v['features']!, batchNeighbourMeans(b, v['features']!, v['target']!, 5)),
  contrastive: (b, v) => contrastive(b, v['left']!, v['right']!, v['same']!, 2),
  triplet: (b, v) => triplet(b, v['anchor']!, v['positive']!, v['negative']!, 0.5),
  exponentialTriplet: (b, v) =>
    exponentialTriplet(b, l2Normalize(b, v['anchor']!), l2Normalize(b, v['positive']!), l2Normalize(b, v['negative']!)),
  hardTriplet: (b, v) => hardTriplet(b, v['embeddings']!, v['target']!, 0.25),
  tupletClusters: (b, v) => tupletClusters(b, v['positives']!, v['negatives']!, { reference: 2, margin: 1 }),
  discriminatorNonSaturating: (b, v) => discriminatorLoss(b, v['real']!, v['fake']!, 'non-saturating'),
  generatorNonSaturating: (b, v) => generatorLoss(b, v['fake']!, 'non-saturating'),
  discriminatorLeastSquares: (b, v) => discriminatorLoss(b, v['real']!, v['fake']!, 'least-squares'),
  generatorLeastSquares: (b, v) => generatorLoss(b, v['fake']!, 'least-squares'),
  reconstruction: (b, v) => reconstruction(b, v['output']!, v['target']!),
  sparsity: (b, v) => sparsity(b, b.op('Sigmoid', [v['code']!]), 0.0625),
  'contraction.sigmoid': encoder('sigmoid'),
  'contraction.tanh': encoder('tanh'),
  'contraction.relu': encoder('relu'),
  peakPiloted: (b, v) => peakPiloted(b, v['peak']!, v['nonPeak']!),
};

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/losses.golden.json', import.meta.url));
});

/** The case's tensors of one kind by name. */
function tensors(name: string, kind: 'in' | 'out' | 'grad' | 'next'): Record<string, Tensor> {
  const prefix = `${name}/${kind}/`;
  return Object.fromEntries(
    golden.tensorNames.filter((n) => n.startsWith(prefix)).map((n) => [n.slice(prefix.length), golden.tensor(n)]),
  );
}

const single = (t: Tensor): Tensor => tensor('float32', t.dims, Float32Array.from(toNumbers(t)));

/** The loss's graph, with the gradients in its inputs and its new state, and what to feed it. */
function graphOf(name: string): { b: NetworkBuilder; feeds: Record<string, Tensor> } {
  const { centers, ...inputs } = tensors(name, 'in');
  const b = new NetworkBuilder(name, {
    training: true,
    weights: new Map(centers ? [['c.centers', single(centers)]] : []),
  });
  const values = Object.fromEntries(Object.entries(inputs).map(([k, t]) => [k, b.input(k, 'float32', t.dims)]));
  const loss = CASES[name]!(b, values);
  const sources = Object.keys(tensors(name, 'grad'));
  gradients(
    b,
    loss,
    sources.map((k) => values[k]!),
  ).forEach((g, i) => b.output(g, `grad.${sources[i]}`));
  b.output(loss, 'out.loss');
  for (const [k, v] of b.stateUpdates) b.output(v, `next.${k.slice('c.'.length)}`);
  return {
    b,
    feeds: {
      ...Object.fromEntries(Object.entries(inputs).map(([k, t]) => [k, single(t)])),
      ...(centers ? { 'c.centers': single(centers) } : {}),
    },
  };
}

function compare(name: string, results: Readonly<Record<string, Tensor>>, share: number): void {
  for (const kind of ['out', 'grad', 'next'] as const) {
    for (const [k, expected] of Object.entries(tensors(name, kind))) {
      allcloseToLargest(results[`${kind}.${k}`]!, expected, share);
    }
  }
}

describe.each(Object.keys(CASES))('%s', (name) => {
  it("is PyTorch's in float64", () => {
    const { b, feeds } = graphOf(name);
    compare(name, evaluateGraph(b.graph, feeds), 1e-6);
  });
  it("is PyTorch's in ONNX Runtime", async () => {
    const { b, feeds } = graphOf(name);
    const session = await createSession(encodeModel(b.graph));
    compare(name, await session.run(feeds), 2e-5);
    await session.release();
  });
});

it('has every case of the golden file', () => {
  expect(Object.keys(CASES).sort()).toEqual([...new Set(golden.tensorNames.map((n) => n.split('/')[0]!))].sort());
});
