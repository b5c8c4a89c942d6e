/**
 * A layer that holds the principal components of what is below it: found on training samples before the first step, in place
 * of being trained.
 */
import { principalComponents } from '../classifiers/principal-components.ts';
import type { Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { buildNetwork } from '../nn/index.ts';
import { subgraphTo } from '../onnx/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import type { Recipe } from './recipe.ts';
import { runOnSamples } from './run-on-samples.ts';

export interface PrincipalOptions extends SessionOptions {
  /** Start weights: where they have the layer, nothing is sought. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  readonly signal?: AbortSignal;
}

/** Samples that the components are found on, at most: drawn by the seed. */
const MOST = 1500;

/**
 * W [k,D] and c [k] of the layer, so that W·v + c are the scores of v, scaled by one number: their mean variance is 1.
 * @returns none for a recipe without such a layer, or with given weights of it   @throws {MienError} when there are fewer
 *   samples than components   @throws the signal's reason, when it is aborted
 */
export async function principalWeights(
  recipe: Recipe,
  samples: Samples,
  seed: number,
  options: PrincipalOptions,
): Promise<ReadonlyMap<string, Tensor>> {
  const { principal, network, id } = recipe;
  if (!principal) return new Map();
  const names = { weight: `${principal.layer}.weight`, bias: `${principal.layer}.bias` };
  if (Object.values(names).every((name) => options.weights?.has(name))) return new Map();
  const { b, outputs } = buildNetwork(network, { name: `${id}.components`, seed });
  const k = b.parameters.get(names.weight)?.initial.dims[0];
  const below = outputs[principal.output];
  if (k === undefined || !below)
    throw new MienError(
      `${id}: principal: the network has no layer "${principal.layer}" above an output "${principal.output}"`,
    );
  b.output(below, 'below');
  const graph = subgraphTo(b.graph, ['below']);
  let [values, D, done] = [new Float32Array(0), 0, 0];
  for await (const { outputs: found, count } of runOnSamples(recipe, graph, samples, {
    ...options,
    label: 'components',
    seed,
    most: MOST,
  })) {
    const { data } = found['below']!;
    D = data.length / count;
    if (done === 0) values = new Float32Array(Math.min(MOST, samples.count) * D);
    values.set(data as Float32Array, done * D);
    done += count;
  }
  if (done < k) throw new MienError(`${id}: ${k} principal components need at least as many samples, got ${done}`);
  const { directions, mean, variances } = principalComponents(values, D, k, seed);
  const scale = 1 / Math.sqrt(Math.max(variances.reduce((sum, v) => sum + v, 0) / k, 1e-12));
  const weight = directions.map((v) => v * scale);
  const bias = Float64Array.from({ length: k }, (_, c) => {
    let sum = 0;
    for (let d = 0; d < D; d++) sum -= weight[c * D + d]! * mean[d]!;
    return sum;
  });
  return new Map([
    [names.weight, float32([k, D], weight)],
    [names.bias, float32([k], bias)],
  ]);
}
