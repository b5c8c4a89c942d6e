/** A model's predictions on the test part of a fold. Shape legend: N images, K classes, M things that are scored. */
import type { FaceRecord } from '../data/databases/index.ts';
import { IMAGE, sequenceOfClip, type Dataset, type ModelHead } from '../data/index.ts';
import type { Protocol } from '../data/protocols/index.ts';
import { confusionMatrix, type ConfusionMatrix } from '../metrics/index.ts';
import type { LogitsModel } from '../evaluate/model.ts';
import { datasetProbabilities, scoreImages, type ScoreOptions } from '../evaluate/score.ts';
import { argMax } from '../tensor/arg-max.ts';

/** The output that answers for a protocol: one trained on its databases' labels, otherwise the first. */
export function headFor(heads: readonly ModelHead[], { databases }: Pick<Protocol, 'databases'>): number {
  return Math.max(
    0,
    heads.findIndex(({ trainedOn }) => databases.includes(trainedOn)),
  );
}

/**
 * The confusion of a model on split `test`. Probabilities are restricted to the protocol's classes
 * (`datasetProbabilities`); of equal ones the first class is predicted.
 * @param records of the test part, in the order of the split   @returns [K][K] counts
 */
export async function scoreFold(
  scored: LogitsModel,
  protocol: Pick<Protocol, 'databases' | 'scored'>,
  dataset: Dataset,
  records: readonly FaceRecord[],
  options: ScoreOptions = {},
): Promise<ConfusionMatrix> {
  const images = await dataset.loadSplit('test', 'evaluate');
  const K = dataset.classes.length;
  const h = headFor(scored.model.heads, protocol);
  const logits = await scoreImages(scored, images, options);
  const probabilities = datasetProbabilities(logits[h]!, scored.model.heads[h]!, dataset.classes);
  const groups = images.inputs[IMAGE]
    ? protocol.scored === 'images'
      ? records.map((_, i) => [i])
      : sequencesOf(records)
    : clipsOfSequences(images.ids);
  const predicted = groups.map((rows) => argMaxOfMean(probabilities, rows, K));
  return confusionMatrix(
    groups.map(([first]) => images.labels[first!]!),
    predicted,
    K,
  );
}

/** Rows of each sequence; a still is one of its own, and so are the neutral frames of a sequence. */
export function sequencesOf(records: readonly FaceRecord[]): number[][] {
  const groups = new Map<string, number[]>();
  records.forEach(({ id, sequence, label }, i) => {
    const key = sequence === undefined ? `still ${id}` : `${label} ${sequence}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()];
}

/** Rows of each sequence's clips: a sequence counts once, whatever number of windows it has. */
function clipsOfSequences(ids: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  ids.forEach((id, i) => groups.set(sequenceOfClip(id), [...(groups.get(sequenceOfClip(id)) ?? []), i]));
  return [...groups.values()];
}

/** argmaxₖ Σᵢ p[i][k] over the rows; the first of equals. @param probabilities [N,K] */
function argMaxOfMean(probabilities: Float64Array, rows: readonly number[], K: number): number {
  const sums = Array.from({ length: K }, (_, k) => rows.reduce((sum, i) => sum + probabilities[i * K + k]!, 0));
  return argMax(sums);
}
