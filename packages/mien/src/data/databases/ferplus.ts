/**
 * FER+: FER2013's images with ten votes each over 8 expressions, `unknown` and `NF` (not a face): the folder that holds
 * fer2013.csv (or another form of it) and fer2013new.csv, rows aligned. Label: the majority of the votes; distribution:
 * that of the "probability" scheme; both absent where the rules leave an image out, as where it is not a face. The
 * votes themselves are attributes, FER2013's label is an alternative. To train: the images that the distribution rule
 * keeps, with that distribution as target. To evaluate: the images with a majority, as the paper reports accuracy.
 * Source: Barsoum et al. 2016 (arXiv:1608.01041).
 */
import { dirname } from 'node:path';
import { InputError } from '../../errors.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';
import type { SplitUse } from '../dataset.ts';
import { databaseOf } from './by-name.ts';
import {
  countsByLabel,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type ProblemSink,
  throwProblem,
} from './database.ts';
import { withFerName } from './fer2013.ts';
import { locateFerPlus } from './fer2013-files.ts';
import { readFer2013Table } from './fer2013-table.ts';
import { FERPLUS_LABEL_SETS, FERPLUS_UNCLEAR } from './ferplus-label-sets.ts';
import { distributionTarget, majorityLabel } from './ferplus-targets.ts';
import { findMisalignment, readFerPlusVotes } from './ferplus-votes.ts';

const CATEGORIES = FERPLUS_CATEGORIES.length;

/**
 * @throws {InputError} also when the rows of votes are not those of the images: every label would be another image's
 */
async function index(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const files = await locateFerPlus(path);
  const votes = await readFerPlusVotes(files.votes, problem);
  const { faces, labels, usages } = await readFer2013Table(files.images, problem);
  const misaligned = findMisalignment(usages, votes);
  if (misaligned) throw new InputError(`${files.votes}:${misaligned.line}`, misaligned.message);
  // A file of images may hold one split only: votes of the others are passed over.
  const present = new Set(usages);
  const rows = [...votes.usages.keys()].filter((row) => votes.usages[row] === '' || present.has(votes.usages[row]!));
  const records = faces.flatMap((face, i) => {
    const row = rows[i]!;
    return face === undefined || votes.usages[row] === ''
      ? []
      : [
          applyVotes(
            { ...face, alternatives: { fer2013: labels[i]! } },
            votes.votes.subarray(row * CATEGORIES, (row + 1) * CATEGORIES),
          ),
        ];
  });
  return { ...databaseOf(ferPlus, dirname(files.images), records), alternatives: { fer2013: EXPRESSIONS_7 } };
}

/** @param counts [10] votes over `FERPLUS_CATEGORIES` */
function applyVotes(face: FaceRecord, counts: Uint8Array): FaceRecord {
  const label = EXPRESSIONS_8[majorityLabel(counts)];
  const target = distributionTarget(counts);
  const labelDistribution: Record<string, number> = {};
  if (target) for (const [k, name] of EXPRESSIONS_8.entries()) if (target[k]! > 0) labelDistribution[name] = target[k]!;
  const attributes: Record<string, string | number> = { ...face.attributes };
  for (const [k, name] of FERPLUS_CATEGORIES.entries()) attributes[name] = counts[k]!;
  return { ...face, ...(label === undefined ? {} : { label }), ...(target ? { labelDistribution } : {}), attributes };
}

/** To train, the label is the first of the largest shares; an image that has none of what is wanted does not count. */
export function ferPlusSample(record: FaceRecord, use: SplitUse): FaceRecord | undefined {
  const { label, labelDistribution } = record;
  if (use === 'evaluate') return label === undefined ? undefined : withFerName(record);
  if (!labelDistribution) return undefined;
  const most = Math.max(...Object.values(labelDistribution));
  return withFerName({ ...record, label: EXPRESSIONS_8.find((name) => labelDistribution[name] === most)! });
}

const byClass = (counts: readonly number[]): Record<string, number> => countsByLabel(EXPRESSIONS_8, counts);

export const ferPlus: DatabaseDefinition = {
  name: 'ferplus',
  title: 'FER+',
  summary: "FER2013's images with ten votes each, 8 expressions",
  layout: 'the folder that holds fer2013.csv (or its gzip, or icml_face_data.csv) and fer2013new.csv, rows aligned',
  licence: 'votes: MIT; images: FER2013, released for the ICML 2013 challenge',
  access: "https://github.com/microsoft/FERPlus has the votes; the images are FER2013's",
  citation:
    'Barsoum, Zhang, Canton Ferrer & Zhang 2016, Training deep networks for facial expression recognition with crowd-sourced label distribution, ICMI, arXiv:1608.01041; for the images Goodfellow et al. 2013, arXiv:1307.0414',
  classes: EXPRESSIONS_8,
  published: {
    images: 35_887,
    splits: {
      Training: byClass([8740, 7287, 3149, 3014, 2100, 119, 532, 119]),
      PublicTest: byClass([1182, 865, 415, 351, 287, 24, 62, 13]),
      PrivateTest: 3589,
    },
    source: 'fer2013new.csv, images with a majority; PrivateTest: all images',
  },
  index,
  sampleOf: ferPlusSample,
  labelSets: FERPLUS_LABEL_SETS,
  unclear: FERPLUS_UNCLEAR,
};
