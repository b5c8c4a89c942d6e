/**
 * What else FER+'s votes say of its images.
 *
 * By plural vote the emotion with the most votes is the label, however many they are. That takes more images than the majority, and harder
 * ones; other work reports figures by it. In two forms: the 8 emotions, and 7 without contempt, as FER2013 has them.
 *
 * The images that FER+'s majority leaves out, by the reason, are the examples of when a model should not answer.
 */
import { EXPRESSIONS_7, EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../labels/index.ts';
import { missingSplit, selectImages, type Dataset, type LabelledImages } from './dataset.ts';
import { FER2013_USAGES } from './fer2013-csv.ts';
import type { FerPlusSplit } from './ferplus.ts';
import { pluralityLabel, UNCLEAR, unclearReason } from './ferplus-targets.ts';

/** Classes of the label sets by plural vote. */
const PLURALITY = { 'ferplus-plurality': EXPRESSIONS_8, 'ferplus-plurality-7': EXPRESSIONS_7 } as const;
export type PluralityName = keyof typeof PLURALITY;
export const PLURALITY_NAMES = Object.keys(PLURALITY) as PluralityName[];

export const presentSplits = (splits: ReadonlyMap<string, FerPlusSplit>): string[] => FER2013_USAGES.filter((usage) => splits.has(usage));

const WIDTH = FERPLUS_CATEGORIES.length;
const votesOf = ({ votes }: FerPlusSplit, i: number): Uint8Array => votes.subarray(i * WIDTH, (i + 1) * WIDTH);

/** The label sets of splits that are read. */
export function pluralityDatasets(path: string, splits: ReadonlyMap<string, FerPlusSplit>): Dataset[] {
  return PLURALITY_NAMES.map((name) => pluralityDataset(name, path, splits));
}

export function pluralityDataset(name: PluralityName, path: string, splits: ReadonlyMap<string, FerPlusSplit>): Dataset {
  const classes = PLURALITY[name];
  const present = presentSplits(splits);
  return {
    name, classes, splits: present, labelsOf: 'ferplus',
    async loadSplit(split) {
      const found = splits.get(split);
      if (!found) throw missingSplit(path, split, present);
      return labelled(found, classes, (i) => pluralityLabel(votesOf(found, i), classes.length));
    },
  };
}

/** Images without a majority, by the reason. @throws {InputError} when the split is absent */
export function loadUnclear(path: string, splits: ReadonlyMap<string, FerPlusSplit>, split: string): Record<string, LabelledImages> {
  const found = splits.get(split);
  if (!found) throw missingSplit(path, split, presentSplits(splits));
  const count = found.fer2013.images.count;
  const reasons = Array.from({ length: count }, (_, i) => unclearReason(votesOf(found, i)));
  const all: LabelledImages = { ...found.fer2013, classes: EXPRESSIONS_8, labels: new Int32Array(count).fill(-1), alternatives: {} };
  return Object.fromEntries(UNCLEAR.map((reason) => [reason, selectImages(all, Int32Array.from([...reasons.keys()].filter((i) => reasons[i] === reason)))]));
}

/** The images with a label. */
function labelled({ fer2013 }: FerPlusSplit, classes: readonly string[], labelOf: (i: number) => number): LabelledImages {
  const labels = Int32Array.from({ length: fer2013.images.count }, (_, i) => labelOf(i));
  const all = { ...fer2013, classes, labels, alternatives: { fer2013: { classes: fer2013.classes, labels: fer2013.labels } } };
  return selectImages(all, Int32Array.from(labels.keys()).filter((i) => labels[i]! >= 0));
}
