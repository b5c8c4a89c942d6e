/** Networks as the predictors of a cross-database study. Shape legend: N images, S shared classes. */
import {
  findSplit,
  formatOf,
  requireLabels,
  testSplit,
  type Dataset,
  type ImageFormat,
  type LabelledImages,
} from '../data/index.ts';
import type { CrossPredictor, CrossTest } from './cross-database.ts';
import type { LogitsModel } from '../evaluate/model.ts';
import { datasetProbabilities, headIndexFor, scoreImages } from '../evaluate/score.ts';
import { argMax } from '../tensor/arg-max.ts';

/** A split of a dataset, brought to whatever a network takes. */
export interface CrossImages extends CrossTest {
  images(format: ImageFormat): Promise<LabelledImages>;
}

/**
 * @param load the dataset in a format; called once a format
 * @param split its name or role; default: the test split, as in `evaluateModel`
 * @throws {InputError} when the split is absent, or has no image with a label; names those that have
 */
export async function crossImages(
  load: (format?: ImageFormat) => Promise<Dataset>,
  first: ImageFormat,
  split?: string,
): Promise<CrossImages> {
  let last = { key: JSON.stringify(first), dataset: await load(first) };
  const { name, classes } = last.dataset;
  const wanted = split === undefined ? testSplit(last.dataset) : findSplit(last.dataset, split);
  return {
    name,
    classes,
    async images(format) {
      const key = JSON.stringify(format);
      if (key !== last.key) last = { key, dataset: await load(format) };
      const images = await last.dataset.loadSplit(wanted, 'evaluate');
      requireLabels(last.dataset, wanted, images);
      return images;
    },
  };
}

/**
 * A network: for each dataset the head that was trained on its labels, otherwise the first; its probabilities are
 * renormalised over the shared classes, and of equal ones the first is predicted.
 */
export function crossNetwork(scored: LogitsModel): CrossPredictor<CrossImages> {
  const { heads, name } = scored.model;
  return {
    name,
    trainedOn: [...new Set(heads.map((head) => head.trainedOn))],
    classesOn: (test) => heads[headIndexFor(heads, test.name)]!.classes,
    async predict(test, among) {
      const images = await test.images(formatOf(scored));
      const h = headIndexFor(heads, test.name);
      const probabilities = datasetProbabilities((await scoreImages(scored, images))[h]!, heads[h]!, among); // [N,S]
      const S = among.length;
      return {
        labels: images.labels.map((k) => (k < 0 ? -1 : among.indexOf(images.classes[k]!))),
        predicted: Int32Array.from({ length: probabilities.length / S }, (_, i) => argMax(probabilities, i * S, S)),
      };
    },
  };
}
