/** Data of a study that only tries whether it runs. */
import { selectSamples, type Dataset, type LabelledImages } from 'mienjs/data';

/** The first images of each split. */
export function shortened(dataset: Dataset, most: number): Dataset {
  const cut = (split: LabelledImages): LabelledImages =>
    selectSamples(
      split,
      Int32Array.from({ length: Math.min(most, split.count) }, (_, i) => i),
    );
  const { name, classes, splits } = dataset;
  return { name, classes, splits, loadSplit: async (split, use) => cut(await dataset.loadSplit(split, use)) };
}
