/** Every loss against PyTorch: value, gradients, new state; in the float64 evaluator and in ONNX Runtime. */
import { allcloseToLargest, readGolden, type Golden } from 'mien-testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradients } from '../../autodiff/index.ts';
import { evaluateGraph, type Value } from '../../onnx/index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';
import { createSession } from '../../runtime/index.ts';
import { tensor, toNumbers, type Tensor } from '../../tensor/index.ts';
import { l2Normalize, NetworkBuilder } from '../index.ts';
import type * as losses from './index.ts';
import {
  batchNeighborMeans,
  binaryCrossEntropyLoss,
  centerLoss,
  concordanceLoss,
  contractiveLoss,
  contrastiveLoss,
  crossEntropyLoss,
  discriminatorLoss,
  exponentialTripletLoss,
  focalLoss,
  gaussianPriorLoss,
  generatorLoss,
  hardTripletLoss,
  hingeLoss,
  huberLoss,
  islandLoss,
  localityPreservingLoss,
  meanAbsoluteErrorLoss,
  meanSquaredErrorLoss,
  peakPilotedLoss,
  reconstructionLoss,
  sparsityLoss,
  tripletLoss,
  tupletClustersLoss,
} from './index.ts';

type Build = (b: NetworkBuilder, v: Readonly<Record<string, Value>>) => Value;

const WEIGHTS = [0.5, 2, 1, 0.25];
const encoder =
  (activation: 'sigmoid' | 'tanh' | 'relu'): Build =>
  (b, { x, weight }) => {
    const op = { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' } as const;
    return contractiveLoss(b, b.op(op[activation], [b.op('Gemm', [x!, weight!, null], { transB: 1 })]), weight!, {
      activation,
    });
  };

/** Every loss, and its cases in tools/golden/losses.py; distillation.test.ts has the one of teachers and students. */
const LOSSES: Readonly<
  Record<Exclude<Extract<keyof typeof losses, `${string}Loss`>, 'distillationLoss'>, Readonly<Record<string, Build>>>
> = {
  crossEntropyLoss: {
    crossEntropyHard: (b, v) => crossEntropyLoss(b, v['logits']!, v['target']!),
    crossEntropySoft: (b, v) => crossEntropyLoss(b, v['logits']!, v['target']!),
    crossEntropySmoothed: (b, v) => crossEntropyLoss(b, v['logits']!, v['target']!, { smoothing: 0.125 }),
    crossEntropyWeighted: (b, v) => crossEntropyLoss(b, v['logits']!, v['target']!, { classWeights: WEIGHTS }),
    crossEntropyWeightedSmoothed: (b, v) =>
      crossEntropyLoss(b, v['logits']!, v['target']!, { smoothing: 0.125, classWeights: WEIGHTS }),
  },
  focalLoss: {
    focal: (b, v) => focalLoss(b, v['logits']!, v['target']!),
  },
  hingeLoss: {
    hinge1: (b, v) => hingeLoss(b, v['logits']!, v['target']!),
    hinge2: (b, v) => hingeLoss(b, v['logits']!, v['target']!, { power: 2 }),
    crammerSinger1: (b, v) => hingeLoss(b, v['logits']!, v['target']!, { form: 'crammer-singer' }),
    crammerSinger2: (b, v) => hingeLoss(b, v['logits']!, v['target']!, { form: 'crammer-singer', power: 2 }),
  },
  meanSquaredErrorLoss: {
    meanSquaredError: (b, v) => meanSquaredErrorLoss(b, v['prediction']!, v['target']!),
    'meanSquaredError.masked': (b, v) => meanSquaredErrorLoss(b, v['prediction']!, v['target']!, { mask: v['mask']! }),
  },
  meanAbsoluteErrorLoss: {
    meanAbsoluteError: (b, v) => meanAbsoluteErrorLoss(b, v['prediction']!, v['target']!),
  },
  huberLoss: {
    huber: (b, v) => huberLoss(b, v['prediction']!, v['target']!, { delta: 0.5 }),
    'huber.masked': (b, v) => huberLoss(b, v['prediction']!, v['target']!, { mask: v['mask']! }),
  },
  binaryCrossEntropyLoss: {
    binaryCrossEntropy: (b, v) => binaryCrossEntropyLoss(b, v['logits']!, v['target']!),
    'binaryCrossEntropy.masked': (b, v) =>
      binaryCrossEntropyLoss(b, v['logits']!, v['target']!, { mask: v['mask']!, positiveWeights: [2, 0.5, 4] }),
  },
  concordanceLoss: {
    concordance: (b, v) => concordanceLoss(b, v['prediction']!, v['target']!),
    'concordance.masked': (b, v) => concordanceLoss(b, v['prediction']!, v['target']!, { mask: v['mask']! }),
  },
  centerLoss: {
    center: (b, v) => centerLoss(b, 'c', v['features']!, v['target']!),
  },
  islandLoss: {
    island: (b, v) => islandLoss(b, 'c', v['features']!, v['target']!, { rate: 0.25 }),
  },
  localityPreservingLoss: {
    localityPreserving1: (b, v) =>
      localityPreservingLoss(b, v['features']!, batchNeighborMeans(b, v['features']!, v['target']!, 1)),
    localityPreserving5: (b, v) =>
      localityPreservingLoss(b, v['features']!, batchNeighborMeans(b, v['features']!, v['target']!, 5)),
  },
  contrastiveLoss: {
    contrastive: (b, v) => contrastiveLoss(b, v['left']!, v['right']!, v['same']!, { margin: 2 }),
  },
  tripletLoss: {
    triplet: (b, v) => tripletLoss(b, v['anchor']!, v['positive']!, v['negative']!, { margin: 0.5 }),
  },
  exponentialTripletLoss: {
    exponentialTriplet: (b, v) =>
      exponentialTripletLoss(
        b,
        l2Normalize(b, v['anchor']!),
        l2Normalize(b, v['positive']!),
        l2Normalize(b, v['negative']!),
      ),
  },
  hardTripletLoss: {
    hardTriplet: (b, v) => hardTripletLoss(b, v['embeddings']!, v['target']!, { margin: 0.25 }),
  },
  tupletClustersLoss: {
    tupletClusters: (b, v) => tupletClustersLoss(b, v['positives']!, v['negatives']!, { reference: 2, margin: 1 }),
  },
  discriminatorLoss: {
    discriminatorNonSaturating: (b, v) => discriminatorLoss(b, v['real']!, v['fake']!, 'non-saturating'),
    discriminatorLeastSquares: (b, v) => discriminatorLoss(b, v['real']!, v['fake']!, 'least-squares'),
  },
  generatorLoss: {
    generatorNonSaturating: (b, v) => generatorLoss(b, v['fake']!, 'non-saturating'),
    generatorLeastSquares: (b, v) => generatorLoss(b, v['fake']!, 'least-squares'),
  },
  reconstructionLoss: {
    reconstruction: (b, v) => reconstructionLoss(b, v['output']!, v['target']!),
  },
  sparsityLoss: {
    sparsity: (b, v) => sparsityLoss(b, b.op('Sigmoid', [v['code']!]), { rho: 0.0625 }),
  },
  contractiveLoss: {
    'contraction.sigmoid': encoder('sigmoid'),
    'contraction.tanh': encoder('tanh'),
    'contraction.relu': encoder('relu'),
  },
  gaussianPriorLoss: {
    gaussianPrior: (b, v) => gaussianPriorLoss(b, v['mean']!, v['logVariance']!),
  },
  peakPilotedLoss: {
    peakPiloted: (b, v) => peakPilotedLoss(b, v['peak']!, v['nonPeak']!),
  },
};

const CASES: Readonly<Record<string, Build>> = Object.assign({}, ...Object.values(LOSSES));

let golden: Golden;
beforeAll(async () => {
  golden = await readGolden(new URL('./golden/losses.golden.json', import.meta.url));
});

/** The case's tensors of one kind by name. */
const tensors = (name: string, kind: 'in' | 'out' | 'grad' | 'next'): Record<string, Tensor> =>
  golden.startingWith(`${name}/${kind}/`);

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
