/**
 * AffectNet: faces from the web with one of 8 expressions, valence and arousal, labelled by one person each.
 * Layouts:
 * - first release: affectnet-v1.ts, tables `training.csv` and `validation.csv`
 * - second release (AffectNet-8, cropped): affectnet-v2.ts, `train_set` and `val_set` with a file for each value
 * Codes 8, 9 and 10 (none, uncertain, no-face) leave an image unlabelled, with the attribute `expression` telling
 * which; valence or arousal of −2 is none.
 * Source: Mollahosseini et al. 2017 (arXiv:1708.03985).
 */
import { AFFECTNET_CODES, EXPRESSIONS_8 } from '../../labels/index.ts';
import { InputError } from '../../errors.ts';
import { indexAffectNet1 } from './affectnet-v1.ts';
import { indexAffectNet2 } from './affectnet-v2.ts';
import {
  countsByLabel,
  type Database,
  type DatabaseDefinition,
  type ProblemSink,
  type PublishedCounts,
  throwProblem,
} from './database.ts';

/** By the order of the codes. Source: the label files; the second release lacks one image of validation (contempt). */
const TRAIN = [74_874, 134_415, 25_459, 14_090, 6378, 3803, 24_882, 3750];
const VALIDATION_1 = [500, 500, 500, 500, 500, 500, 500, 500];
const VALIDATION_2 = [500, 500, 500, 500, 500, 500, 500, 499];

const byClass = (counts: readonly number[]): Record<string, number> => countsByLabel(AFFECTNET_CODES, counts);
/** @param images with those of codes 8, 9 and 10, where the release has them */
const published = (images: number, validation: readonly number[], source: string): PublishedCounts => ({
  images,
  splits: { train: byClass(TRAIN), validation: byClass(validation) },
  source,
});

async function index(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const database = { name: affectNet.name, root, classes: EXPRESSIONS_8 };
  const first = await indexAffectNet1(root, problem);
  if (first) return { ...database, records: first };
  const second = await indexAffectNet2(root, problem);
  if (second)
    return {
      ...database,
      records: second,
      published: published(291_650, VALIDATION_2, 'the label files of the second release'),
    };
  throw new InputError(root, 'holds no AffectNet: expected training.csv and validation.csv, or train_set and val_set');
}

export const affectNet: DatabaseDefinition = {
  name: 'affectnet',
  title: 'AffectNet',
  summary: 'faces from the web, 8 expressions, valence and arousal',
  layout:
    'training.csv, validation.csv and Manually_Annotated_Images; or train_set and val_set with images and annotations',
  licence: 'given on request for non-commercial research; not to be passed on',
  access: 'http://mohammadmahoor.com/databases-codes/',
  citation:
    'Mollahosseini, Hasani & Mahoor 2019, AffectNet: a database for facial expression, valence, and arousal computing in the wild, IEEE TAC 10(1)',
  classes: EXPRESSIONS_8,
  published: published(420_299, VALIDATION_1, 'Mollahosseini et al. 2019, table 3, and the label files'),
  index,
};
