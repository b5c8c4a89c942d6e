/**
 * Batch normalizations get the statistics of images before the first step, where their weights are of a network that had
 * none (a scale and a bias in their place). Training normalizes by each batch: it begins at what the network computes only if
 * scale and bias belong to such statistics.
 */
import type { Samples } from '../data/index.ts';
import { buildNetwork } from '../nn/index.ts';
import { attrNumber, subgraphTo, type Value } from '../onnx/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { float32, toNumbers, type Tensor } from '../tensor/index.ts';
import type { Recipe } from './recipe.ts';
import { runOnSamples } from './run-on-samples.ts';

export interface MeasureNormsOptions extends SessionOptions {
  /** Draws the samples. */
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Samples that the statistics are of, at most. */
const MOST = 1024;

/**
 * γ, β, μ and σ² of every batch normalization, so that μ and σ² are those of its inputs x over training samples, and it
 * computes what it computed before, γ₀·(x − μ₀)/√(σ₀² + ε) + β₀ = s·x + …:
 *   γ = s·√(σ² + ε),  β = β₀ + s·(μ − μ₀),  s = γ₀/√(σ₀² + ε)
 * @param weights of the network; what they lack is seeded
 * @returns the new values, by parameter name   @throws the signal's reason, when it is aborted
 */
export async function measureNorms(
  recipe: Recipe,
  samples: Samples,
  weights: ReadonlyMap<string, Tensor>,
  options: MeasureNormsOptions,
): Promise<Map<string, Tensor>> {
  const { b } = buildNetwork(recipe.network, { name: `${recipe.id}.norms`, seed: options.seed, weights });
  const norms = b.graph.nodes.filter(({ op }) => op === 'BatchNormalization');
  const means = norms.map(({ inputs }, k) => {
    const x = inputs[0]!;
    const overImages = (v: Value): Value =>
      b.op('ReduceMean', [v, b.ints(x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])))], { keepdims: 0 });
    return [b.output(overImages(x), `mean.${k}`), b.output(overImages(b.op('Mul', [x, x])), `square.${k}`)].map(
      ({ name }) => name,
    ) as [string, string];
  });
  if (norms.length === 0) return new Map();
  const sums = norms.map(({ inputs }) => {
    const channels = inputs[0]!.shape[1] as number;
    return { mean: new Float64Array(channels), square: new Float64Array(channels) };
  });
  let total = 0;
  const graph = subgraphTo(b.graph, means.flat());
  for await (const { outputs, count } of runOnSamples(recipe, graph, samples, {
    ...options,
    label: 'statistics',
    most: MOST,
  })) {
    total += count;
    means.forEach(([mean, square], k) => {
      outputs[mean]!.data.forEach((v, c) => (sums[k]!.mean[c]! += count * Number(v)));
      outputs[square]!.data.forEach((v, c) => (sums[k]!.square[c]! += count * Number(v)));
    });
  }

  return new Map(
    norms.flatMap((node, k) => {
      const names = node.inputs.slice(1).map((value) => value!.name) as [string, string, string, string];
      const [gamma, beta, mean, variance] = names.map((name) => toNumbers(b.parameters.get(name)!.initial)) as [
        number[],
        number[],
        number[],
        number[],
      ];
      const epsilon = attrNumber(node, 'epsilon', 1e-5);
      const measured = gamma.map((_, c) => {
        const m = sums[k]!.mean[c]! / total;
        return { m, v: Math.max(0, sums[k]!.square[c]! / total - m * m) };
      });
      const slope = gamma.map((g, c) => g / Math.sqrt(variance[c]! + epsilon));
      const values = [
        measured.map(({ v }, c) => slope[c]! * Math.sqrt(v + epsilon)),
        measured.map(({ m }, c) => beta[c]! + slope[c]! * (m - mean[c]!)),
        measured.map(({ m }) => m),
        measured.map(({ v }) => v),
      ];
      return names.map((name, i) => [name, float32([gamma.length], values[i]!)] as const);
    }),
  );
}
