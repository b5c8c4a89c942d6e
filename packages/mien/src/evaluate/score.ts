/**
 * A model's outputs for all images of a split. Shape legend: N images, K classes of a head, D classes of the dataset.
 */
import { sampleBatches, type LabelledImages, type ModelHead } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { softmaxRows } from '../metrics/index.ts';
import type { LogitsModel } from './model.ts';

const BATCH_SIZE = 256;

export interface ScoreOptions {
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs the model over a split in batches; besides the samples, memory holds the outputs alone.
 * @returns for each head, in the model's order, float32 [N,K], then for each value head [N,L]
 * @throws {ShapeError} when the images have another size or colour than the model takes
 */
export async function scoreImages(
  scored: LogitsModel,
  images: LabelledImages,
  options: ScoreOptions = {},
): Promise<Float32Array[]> {
  const { model, preprocess } = scored;
  const total = images.count;
  const widths = [
    ...model.heads.map(({ classes }) => classes.length),
    ...(model.valueHeads ?? []).map(({ names }) => names.length),
  ];
  const all = widths.map((width) => new Float32Array(total * width));
  let done = 0;
  for await (const batch of sampleBatches({
    samples: images,
    ...(scored.inputs ? { inputs: scored.inputs } : {}),
    batchSize: BATCH_SIZE,
    seed: 0,
    epoch: 0,
    preprocess,
  })) {
    const { x, ...others } = batch.inputs;
    const outputs = await scored.logits(x!, others);
    widths.forEach((width, h) => all[h]!.set(outputs[h]!.data as Float32Array, done * width));
    done += batch.indices.length;
    options.onProgress?.(done, total);
  }
  return all;
}

/** Place of the head that answers for a dataset: the one that was trained on its labels, otherwise the first. */
export function headIndexFor(heads: readonly ModelHead[], dataset: string): number {
  return Math.max(
    0,
    heads.findIndex((head) => head.trainedOn === dataset),
  );
}

/**
 * A head's probabilities over a dataset's classes: softmax of logits/temperature over the classes that both have,
 * which is the same as dropping the other classes and renormalising. A class that the head lacks has probability 0.
 * @param logits [N,K]   @returns [N,D], in the order of `classes`
 * @throws {MienError} when head and dataset have no class in common
 */
export function datasetProbabilities(logits: Float32Array, head: ModelHead, classes: readonly string[]): Float64Array {
  const K = head.classes.length;
  const D = classes.length;
  const shared = classes.flatMap((name, to) => {
    const from = head.classes.indexOf(name);
    return from < 0 ? [] : [{ from, to }];
  });
  const S = shared.length;
  if (S === 0)
    throw new MienError(
      `head ${head.output}: expected some of the classes ${classes.join(', ')}, it has ${head.classes.join(', ')}`,
    );
  const N = logits.length / K;
  const picked = new Float64Array(N * S);
  for (let i = 0; i < N; i++)
    shared.forEach(({ from }, s) => {
      picked[i * S + s] = logits[i * K + from]!;
    });
  const probabilities = softmaxRows(picked, S, head.temperature); // [N,S]
  const out = new Float64Array(N * D);
  for (let i = 0; i < N; i++)
    shared.forEach(({ to }, s) => {
      out[i * D + to] = probabilities[i * S + s]!;
    });
  return out;
}
