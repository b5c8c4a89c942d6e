/**
 * FER+: FER2013's images with ten votes each over 8 expressions, `unknown` and `NF` (not a face).
 * It is the folder that holds fer2013.csv (or another form of it) and fer2013new.csv, rows aligned.
 * Source: Barsoum et al. 2016 (arXiv:1608.01041).
 *
 * To train: the images that the distribution rule keeps, with that distribution as target.
 * To evaluate: the images with a majority, as the paper reports accuracy.
 */
import { InputError } from '../errors.ts';
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../labels/index.ts';
import type { Dataset, DatasetDefinition, LabelledImages } from './dataset.ts';
import { argMaxRows, missingSplit, selectImages } from './dataset.ts';
import { locateFerPlus } from './fer2013-files.ts';
import { loadFer2013Csv } from './fer2013.ts';
import { checkFerPlus } from './ferplus-check.ts';
import { type FerPlusVotes, findMisalignment, readFerPlusCsv } from './ferplus-csv.ts';
import { loadUnclear, pluralityDatasets, presentSplits } from './ferplus-label-sets.ts';
import { distributionTarget, majorityLabel } from './ferplus-targets.ts';

/** All images of a split, with both labellings; nothing left out. */
export interface FerPlusSplit {
  /** FER2013's images and labels (7 classes). */
  readonly fer2013: LabelledImages;
  /** [N,10] votes over `FERPLUS_CATEGORIES`. */
  readonly votes: Uint8Array;
  /** [N] index into `EXPRESSIONS_8`; −1 without a majority emotion. */
  readonly majority: Int32Array;
  /** [N,8]; rows of 0 where the distribution rule leaves the image out. */
  readonly distribution: Float32Array;
}

/**
 * Reads images and votes and aligns them.
 * @returns by split, in the official order
 * @throws {InputError} naming file and line, when a file is damaged or the rows do not correspond
 */
export async function loadFerPlus(path: string): Promise<Map<string, FerPlusSplit>> {
  const files = await locateFerPlus(path);
  const votes = await readFerPlusCsv(files.votes, (line, message) => {
    throw new InputError(`${files.votes}:${line}`, message);
  });
  const usages: string[] = [];
  const splits = await loadFer2013Csv(files.images, (usage) => usages.push(usage));
  const misaligned = findMisalignment(usages, votes);
  if (misaligned) throw new InputError(`${files.votes}:${misaligned.line}`, misaligned.message);

  return new Map([...splits].map(([split, images]) => [split, buildSplit(split, images, votes)]));
}

function buildSplit(split: string, fer2013: LabelledImages, all: FerPlusVotes): FerPlusSplit {
  const rows = all.usages.flatMap((usage, row) => (usage === split ? [row] : []));
  const K = EXPRESSIONS_8.length;
  const width = FERPLUS_CATEGORIES.length;
  const votes = new Uint8Array(rows.length * width);
  const majority = new Int32Array(rows.length);
  const distribution = new Float32Array(rows.length * K);
  rows.forEach((row, i) => {
    const rowVotes = all.votes.subarray(row * width, (row + 1) * width);
    votes.set(rowVotes, i * width);
    majority[i] = majorityLabel(rowVotes);
    distribution.set(distributionTarget(rowVotes) ?? new Float32Array(K), i * K);
  });
  return { fer2013, votes, majority, distribution };
}

/** The images with a majority. */
export const imagesToEvaluate = (split: FerPlusSplit): LabelledImages => labelledImages(split, split.majority);

/** The images that the distribution rule keeps. */
const imagesToTrain = (split: FerPlusSplit): LabelledImages => labelledImages(split, argMaxRows(split.distribution, EXPRESSIONS_8.length));

/** FER+'s images that have a label, with their distributions; FER2013's labels of the same images are the alternative `fer2013`. */
function labelledImages({ fer2013, distribution }: FerPlusSplit, labels: Int32Array): LabelledImages {
  const all: LabelledImages = {
    images: fer2013.images,
    classes: EXPRESSIONS_8,
    labels,
    labelDistribution: distribution,
    ids: fer2013.ids,
    alternatives: { fer2013: { classes: fer2013.classes, labels: fer2013.labels } },
  };
  const chosen = Int32Array.from(labels.keys()).filter((i) => labels[i]! >= 0);
  return selectImages(all, chosen);
}

async function loadDataset(path: string): Promise<Dataset> {
  const splits = await loadFerPlus(path);
  const present = presentSplits(splits);
  return {
    name: ferplus.name,
    classes: EXPRESSIONS_8,
    splits: present,
    async loadSplit(split, use) {
      const found = splits.get(split);
      if (!found) throw missingSplit(path, split, present);
      return use === 'train' ? imagesToTrain(found) : imagesToEvaluate(found);
    },
    labelSets: pluralityDatasets(path, splits),
    loadUnclear: async (split) => loadUnclear(path, splits, split),
  };
}

export const ferplus: DatasetDefinition = {
  name: 'ferplus',
  layout: 'the folder that holds fer2013.csv (or its gzip, or icml_face_data.csv) and fer2013new.csv, rows aligned',
  licence: 'votes: MIT; cite Barsoum et al. 2016, arXiv:1608.01041. Images: FER2013, released for the ICML 2013 challenge; cite Goodfellow et al. 2013, arXiv:1307.0414',
  load: loadDataset,
  check: checkFerPlus,
};
