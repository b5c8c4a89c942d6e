/**
 * Protocols of the databases from films and the web, with their owners' splits: FER2013, FER+, SFEW, AFEW, EmotioNet,
 * RAF-DB, AffectNet.
 */
import { declare, official } from './build.ts';
import type { Protocol } from './protocol.ts';

const SURVEY = 'Li & Deng 2020';
const RAF = 'Li & Deng 2019 (RAF-DB), section V';

export const WILD_PROTOCOLS: readonly Protocol[] = [
  official(
    'fer2013',
    7,
    { train: 'Training', validation: 'PublicTest', test: 'PrivateTest' },
    { source: `${SURVEY}, Table 3` },
  ),
  official(
    'ferplus',
    8,
    { train: 'Training', validation: 'PublicTest', test: 'PrivateTest' },
    { source: 'Barsoum et al. 2016, Table 2', notes: 'Tested on the images with a majority.' },
  ),
  official(
    'sfew',
    7,
    { train: 'Train', test: 'Val' },
    {
      source: `${SURVEY}, Table 3`,
      notes:
        "Tested on the owners' validation set, since the labels of the test set are theirs alone; a tenth of the training images chooses the epoch.",
    },
  ),
  ...['afew', 'afew-6', 'afew-5'].map((name) =>
    official(
      name,
      7,
      { train: 'Train', test: 'Val' },
      {
        source: `${SURVEY}, Table 5`,
        scored: 'sequences',
        notes:
          "Tested on the owners' validation set, since the labels of the test set are theirs alone. A video is scored by the mean over its frames.",
      },
    ),
  ),
  declare(
    'emotionet',
    'images',
    'own',
    { rule: 'by-image', seed: 1, test: { share: 0.2 }, validation: { share: 0.1 } },
    {
      source: `${SURVEY}, section 3`,
      notes:
        "The 16 expressions of the challenge's second track, 6 basic and 10 compound. No split of the labelled images is published: one in five is tested, at random, and one in ten chooses the epoch. Nobody says who is in them, so that people may be on both sides.",
    },
  ),
  ...['raf-db', 'raf-db-original'].map((name) =>
    official(
      name,
      7,
      { train: 'train', test: 'test' },
      {
        source: `${RAF}, Tables V and VI`,
        notes: 'The paper validates on the test set; here a tenth of the training images chooses the epoch.',
      },
    ),
  ),
  ...['raf-db-compound', 'raf-db-compound-original'].map((name) =>
    official(
      name,
      'own',
      { train: 'train', test: 'test' },
      {
        source: `${RAF}, Tables V and VI`,
        notes: 'The 11 compound classes. A tenth of the training images chooses the epoch.',
      },
    ),
  ),
  official(
    'affectnet',
    8,
    { train: 'train', test: 'validation' },
    {
      source: 'Mollahosseini et al. 2017',
      notes: "Tested on the owners' validation set: the test set was not given out.",
    },
  ),
  official(
    'affectnet',
    7,
    { train: 'train', test: 'validation' },
    {
      source: `${SURVEY}, section 3`,
      notes: "Without contempt. Tested on the owners' validation set: the test set was not given out.",
    },
  ),
];
