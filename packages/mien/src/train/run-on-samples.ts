/** A graph's answers to a few training samples, for what is measured on them before the first step. */
import { epochOrder, sampleBatches, type Samples } from '../data/index.ts';
import type { Graph } from '../onnx/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession, type SessionOptions } from '../runtime/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { preprocessOf } from './export.ts';
import type { Recipe } from './recipe.ts';

export interface RunOnSamplesOptions extends SessionOptions {
  /** What the graph computes, for errors. */
  readonly label: string;
  /** Draws the samples. */
  readonly seed: number;
  /** Samples that are run, at most. */
  readonly most: number;
  readonly signal?: AbortSignal;
}

/** Samples as the recipe's network takes them, without augmentation. @param order of the samples; default: as they are */
export const plainBatches = (recipe: Recipe, samples: Samples, order?: Int32Array): ReturnType<typeof sampleBatches> =>
  sampleBatches({
    samples,
    ...(recipe.inputs ? { inputs: recipe.inputs } : {}),
    ...(order ? { order } : {}),
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    epoch: 0,
    preprocess: preprocessOf(recipe),
  });

/**
 * Runs the graph on samples without augmentation, a batch at a time.
 * @param graph of some of the inputs of the recipe's network
 * @throws the signal's reason, when it is aborted
 */
export async function* runOnSamples(
  recipe: Recipe,
  graph: Graph,
  samples: Samples,
  { label, seed, most, signal, ...session }: RunOnSamplesOptions,
): AsyncGenerator<{ readonly outputs: Readonly<Record<string, Tensor>>; readonly count: number }, void, undefined> {
  const wanted = new Set(graph.inputs.map(({ name }) => name));
  const order = epochOrder(samples, { seed, epoch: 0, batchSize: recipe.batchSize, shuffle: true }).slice(0, most);
  const running = await createSession(encodeModel(graph), session, `${label} of ${recipe.id}`);
  try {
    for await (const batch of plainBatches(recipe, samples, order)) {
      signal?.throwIfAborted();
      const feeds = Object.fromEntries(Object.entries(batch.inputs).filter(([name]) => wanted.has(name)));
      yield { outputs: await running.run(feeds), count: batch.indices.length };
    }
  } finally {
    await running.release();
  }
}
