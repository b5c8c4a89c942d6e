/** Models on the same images: which differ by more than chance. */
import { ShapeError } from '../errors.ts';
import { compareAnswers, type PairedComparison } from '../metrics/index.ts';
import { outcomesOf, type SplitAnswers } from './answers.ts';

/** The model `first` against `second`. */
export interface ModelComparison extends PairedComparison {
  readonly first: string;
  readonly second: string;
}

/**
 * McNemar's test of each pair of models. p-values are not adjusted for the number of pairs.
 * @param answers of the same split; equal names are told apart by their place
 * @throws {ShapeError} when the answers are to different images, or under different labels
 * @example
 * ```ts
 * import { loadDataset } from 'mienjs/data/node';
 * import { answerSplit, compareModels } from 'mienjs/evaluate';
 * import { loadClassifier } from 'mienjs/predict/node';
 *
 * const dataset = await loadDataset('ferplus', 'databases/ferplus');
 * const answers = [];
 * for (const model of ['default', 'runs/mine/mine.onnx'])
 *   answers.push(await answerSplit(await loadClassifier(model), dataset, { split: 'PublicTest' }));
 * for (const { first, second, difference, pValue } of compareModels(answers))
 *   console.log(first, second, difference, pValue);
 * ```
 */
export function compareModels(answers: readonly SplitAnswers[]): ModelComparison[] {
  for (const other of answers.slice(1)) requireSameImages(answers[0]!, other);
  const outcomes = answers.map(({ main }) => outcomesOf(main));
  const names = namesOf(answers);
  return answers.flatMap((_, a) =>
    answers.slice(a + 1).map((__, i): ModelComparison => {
      const b = a + 1 + i;
      return { first: names[a]!, second: names[b]!, ...compareAnswers(outcomes[a]!.right, outcomes[b]!.right) };
    }),
  );
}

/** Names of models, with their place behind where two are equal. */
export function namesOf(answers: readonly Pick<SplitAnswers, 'model'>[]): string[] {
  return answers.map(({ model }, i) =>
    answers.some((other, k) => k !== i && other.model === model) ? `${model} (${i + 1})` : model,
  );
}

/** @throws {ShapeError} when the answers are to different images, or under different labels */
export function requireSameImages(a: SplitAnswers, b: SplitAnswers): void {
  const [left, right] = [a.main.images, b.main.images];
  const same =
    a.dataset.name === b.dataset.name &&
    left.classes.join() === right.classes.join() &&
    left.ids.length === right.ids.length &&
    left.ids.every((id, i) => id === right.ids[i] && left.labels[i] === right.labels[i]);
  if (!same)
    throw new ShapeError(
      'compareModels',
      `expected answers to the same images, got ${a.model} on ${a.dataset.name} ${a.split} and ${b.model} on ${b.dataset.name} ${b.split}`,
    );
}
