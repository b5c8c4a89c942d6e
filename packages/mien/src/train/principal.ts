/**
 * A layer that holds the principal components of what is below it: found on training samples before the first step, in place
 * of being trained.
 */
import { principalComponents } from '../classifiers/principal-components.ts';
import { epochOrder, sampleBatches, type Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { buildNetwork, inputSizes } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { subgraphTo } from '../onnx/index.ts';
import { createSession, type SessionOptions } from '../runtime/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { preprocessOf } from './export.ts';
import type { Recipe } from './recipe.ts';

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
  const { principal, network, id, batchSize, inputs } = recipe;
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
  const wanted = new Set(Object.keys(inputSizes(network)).filter((name) => graph.inputs.some((v) => v.name === name)));
  const session = await createSession(encodeModel(graph), options, `components of ${id}`);
  const order = epochOrder(samples, { seed, epoch: 0, batchSize, shuffle: true }).slice(0, MOST);
  let [values, D, done] = [new Float32Array(0), 0, 0];
  try {
    for await (const batch of sampleBatches({
      samples,
      ...(inputs ? { inputs } : {}),
      batchSize,
      seed,
      epoch: 0,
      order,
      preprocess: preprocessOf(recipe),
    })) {
      options.signal?.throwIfAborted();
      const feeds = Object.fromEntries(Object.entries(batch.inputs).filter(([name]) => wanted.has(name)));
      const { data } = (await session.run(feeds))['below']!;
      D = data.length / batch.indices.length;
      if (done === 0) values = new Float32Array(order.length * D);
      values.set(data as Float32Array, done * D);
      done += batch.indices.length;
    }
  } finally {
    await session.release();
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
