/**
 * FER2013's images with both labels, for networks that learn both: FER+'s votes as distributions, FER2013's labels as the
 * alternative `fer2013`. To train it takes nearly all images, not only those about which FER+'s annotators agree:
 *
 *   - where FER+'s rule keeps the image (`distributionTarget`), its distribution, a row that sums to 1;
 *   - where the votes are too divided, the shares of the emotions among all votes but outliers, times the greatest of them: a
 *     row that sums to less, so that the image counts for less in a cross-entropy;
 *   - images that are not a face by most votes are left out.
 *
 * To evaluate: as the dataset `ferplus`.
 */
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../labels/index.ts';
import { argMaxRows, missingSplit, selectImages, type Dataset, type DatasetDefinition, type LabelledImages } from './dataset.ts';
import { ferplus, imagesToEvaluate, loadFerPlus, type FerPlusSplit } from './ferplus.ts';
import { loadUnclear, pluralityDatasets, presentSplits } from './ferplus-label-sets.ts';
import { dividedTarget, isNoFace } from './ferplus-targets.ts';

/** Images of a training split with rows that sum to at most 1. */
function imagesToTrain({ fer2013, votes, distribution }: FerPlusSplit): LabelledImages {
  const K = EXPRESSIONS_8.length;
  const width = FERPLUS_CATEGORIES.length;
  const rows = distribution.slice();
  const labels = argMaxRows(distribution, K);
  labels.forEach((label, i) => {
    if (label < 0) rows.set(dividedTarget(votes.subarray(i * width, (i + 1) * width)), i * K);
  });
  const chosen = Int32Array.from(labels.keys()).filter((i) => !isNoFace(votes.subarray(i * width, (i + 1) * width)));
  return selectImages({
    images: fer2013.images,
    classes: EXPRESSIONS_8,
    labels: argMaxRows(rows, K),
    labelDistribution: rows,
    ids: fer2013.ids,
    alternatives: { fer2013: { classes: fer2013.classes, labels: fer2013.labels } },
  }, chosen);
}

async function load(path: string): Promise<Dataset> {
  const splits = await loadFerPlus(path);
  const present = presentSplits(splits);
  return {
    name: ferplusVotes.name,
    classes: EXPRESSIONS_8,
    splits: present,
    async loadSplit(split, use) {
      const found = splits.get(split);
      if (!found) throw missingSplit(path, split, present);
      return use === 'train' ? imagesToTrain(found) : imagesToEvaluate(found);
    },
    labelsOf: ferplus.name,
    labelSets: pluralityDatasets(path, splits),
    loadUnclear: async (split) => loadUnclear(path, splits, split),
  };
}

export const ferplusVotes: DatasetDefinition = { ...ferplus, name: 'ferplus-votes', load };
