/**
 * What else FER+'s votes say of its images.
 *
 * By plural vote the emotion with the most votes is the label, however many they are. That takes more images than the
 * majority, and harder ones; other work reports figures by it. In two forms: the 8 emotions, and 7 without contempt, as
 * FER2013 has them.
 *
 * The images that FER+'s majority leaves out, by the reason, are the examples of when a model should not answer.
 */
import { EXPRESSIONS_7, EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import type { FaceRecord, LabelSet, UnclearRecords } from './database.ts';
import { withFerName } from './fer2013.ts';
import { pluralityLabel, UNCLEAR, unclearReason } from './ferplus-targets.ts';

/** [10] */
const votesOf = ({ attributes }: FaceRecord): number[] => FERPLUS_CATEGORIES.map((name) => Number(attributes![name]));

function pluralVote(name: string, classes: readonly string[]): LabelSet {
  return {
    name,
    classes,
    labelsOf: 'ferplus',
    sampleOf({ labelDistribution: _, ...record }) {
      const label = classes[pluralityLabel(votesOf(record), classes.length)];
      return label === undefined ? undefined : withFerName({ ...record, label });
    },
  };
}

export const FERPLUS_LABEL_SETS: readonly LabelSet[] = [
  pluralVote('ferplus-plurality', EXPRESSIONS_8),
  pluralVote('ferplus-plurality-7', EXPRESSIONS_7),
];

export const FERPLUS_UNCLEAR: UnclearRecords = {
  reasons: UNCLEAR,
  reasonOf: (record) => unclearReason(votesOf(record)),
  sampleOf: ({ label: _, labelDistribution: __, alternatives: ___, ...record }) => withFerName(record),
};
