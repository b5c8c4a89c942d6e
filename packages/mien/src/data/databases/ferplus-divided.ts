/**
 * FER2013's images with both labels, for networks that learn both: FER+'s votes as distributions, FER2013's labels as
 * the alternative `fer2013`. To train it takes nearly all images, not only those about which FER+'s annotators agree:
 *
 *   - where FER+'s rule keeps the image (`distributionTarget`), its distribution, a row that sums to 1;
 *   - where the votes are too divided, the shares of the emotions among all votes but outliers, times the greatest of them: a
 *     row that sums to less, so that the image counts for less in a cross-entropy;
 *   - images that are not a face by most votes are left out.
 *
 * To evaluate: as the dataset `ferplus`.
 */
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import type { SplitUse } from '../dataset.ts';
import type { FaceRecord } from './database.ts';
import { withFerName } from './fer2013.ts';
import { ferPlus, ferPlusSample } from './ferplus.ts';
import { dividedTarget, isNoFace } from './ferplus-targets.ts';

function sampleOf(record: FaceRecord, use: SplitUse): FaceRecord | undefined {
  if (use === 'evaluate' || record.labelDistribution) return ferPlusSample(record, use);
  const votes = FERPLUS_CATEGORIES.map((name) => Number(record.attributes![name]));
  if (isNoFace(votes)) return undefined;
  const target = dividedTarget(votes);
  const trainingWeight = target.reduce((sum, value) => sum + value, 0);
  if (trainingWeight === 0) return withFerName({ ...record, trainingWeight });
  return ferPlusSample(
    {
      ...record,
      trainingWeight,
      labelDistribution: Object.fromEntries(EXPRESSIONS_8.map((name, k) => [name, target[k]!])),
    },
    use,
  );
}

export const ferPlusDivided = {
  ...ferPlus,
  name: 'ferplus-votes',
  licence: `${ferPlus.licence}; cite ${ferPlus.citation}`,
  sampleOf,
};
