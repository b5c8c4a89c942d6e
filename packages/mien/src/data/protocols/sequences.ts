/** Protocols of the databases of posed sequences: CK+, MMI, Oulu-CASIA. */
import { declare, type Declared, loso, nFold } from './build.ts';
import {
  ALL_FRAMES,
  LAST,
  LAST_FOUR,
  LAST_FOUR_AND_FIRST,
  LAST_THIRD_FIFTH,
  LAST_THREE,
  LAST_THREE_AND_FIRST,
  MIDDLE,
  MIDDLE_THREE,
  MIDDLE_THREE_AND_FIRST,
  SEVENTH_TO_LAST,
} from './frames.ts';
import type { Protocol } from './protocol.ts';

const SURVEY_STATIC = 'Li & Deng 2020, Table 3';
const SURVEY_DYNAMIC = 'Li & Deng 2020, Table 5';
const DEEP_EMOTION = 'Minaee & Abdolrashidi 2019, section IV';
const RECENTRALIZATION = 'Bao et al. 2019 (3D re-centralization), section 5.2';
const HA_GAN = 'Ali et al. 2020 (HA-GAN), section 5.2';
const RAF_DB = 'Li & Deng 2019 (RAF-DB), section V-D';

/** HA-GAN's second run: the same folds, of people in another order. */
const shuffled = (database: string, more: Declared): Protocol =>
  declare(
    database,
    '10-fold',
    6,
    { rule: 'person-folds', folds: 10, seed: 1 },
    { ...more, notes: `People shuffled: the second run beside ${database}.10-fold.6.` },
    'shuffled',
  );

export const CK_PLUS_PROTOCOLS: readonly Protocol[] = [
  nFold('ck-plus', 10, 6, { source: `${SURVEY_STATIC} (Khorrami 15, Ding 17)`, frames: LAST_THREE }),
  nFold('ck-plus', 10, '7c', { source: `${SURVEY_STATIC} (Cai 17)`, frames: LAST_THREE }),
  nFold('ck-plus', 10, 8, { source: `${SURVEY_STATIC} (Liu 13, Khorrami 15, Ding 17)`, frames: LAST_THREE_AND_FIRST }),
  nFold('ck-plus', 8, 6, {
    source: `${SURVEY_STATIC} (Liu 14)`,
    frames: LAST_THREE,
    notes: 'The source also takes the first frames, which belong to none of the 6 classes.',
  }),
  nFold('ck-plus', 8, '7c', { source: `${SURVEY_STATIC} (Meng 17, Liu 17)`, frames: LAST_THREE }),
  nFold('ck-plus', 8, 8, {
    source: `${SURVEY_STATIC} (the frames and the 8 folds of Liu 14)`,
    frames: LAST_THREE_AND_FIRST,
  }),
  nFold('ck-plus', 5, 6, { source: `${RAF_DB}, Tables V and IX`, frames: LAST, notes: '309 images.' }),
  nFold('ck-plus', 10, 7, {
    source: `${SURVEY_STATIC} (Liu 15)`,
    frames: LAST_THREE_AND_FIRST,
    notes: 'The 6 basic expressions and neutral: the first frame of each sequence is neutral, contempt is left out.',
  }),
  loso('ck-plus', '7c', { source: `${SURVEY_STATIC} (Ouellet 14)`, frames: LAST }),
  loso('ck-plus', '7c', { source: `${SURVEY_STATIC} (Zeng 18)`, frames: LAST_FOUR }, 'last-four'),
  loso('ck-plus', 8, { source: `${SURVEY_STATIC} (Zeng 18)`, frames: LAST_FOUR_AND_FIRST }),
  nFold(
    'ck-plus',
    10,
    '7c',
    { source: `${RECENTRALIZATION}, Table 1 (327 images, so one a sequence)`, frames: LAST },
    'last',
  ),
  nFold(
    'ck-plus',
    10,
    6,
    { source: `${SURVEY_DYNAMIC} (PPDN, DCPN)`, frames: SEVENTH_TO_LAST, testFrames: LAST },
    'peak',
  ),
  nFold(
    'ck-plus',
    10,
    '7c',
    { source: `${SURVEY_DYNAMIC} (Zhang 17, all frames)`, frames: ALL_FRAMES, scored: 'sequences' },
    'sequence',
  ),
  shuffled('ck-plus', { source: `${HA_GAN}, Table 1: the mean of two runs of 10 folds`, frames: LAST_THREE }),
  declare(
    'ck-plus',
    'images',
    '7c',
    { rule: 'by-image', seed: 1, test: { share: 0.2 }, validation: { share: 0.1 } },
    {
      source: DEEP_EMOTION,
      frames: LAST,
      notes:
        '70, 10 and 20 % of the images; report ck-plus.10-fold.7c beside it. The paper says neither which frames nor which images.',
    },
  ),
];

/** Frontal views alone. */
const MMI = { where: { mmi: { view: ['frontal'] } } };

export const MMI_PROTOCOLS: readonly Protocol[] = [
  nFold('mmi', 10, 7, { ...MMI, source: `${SURVEY_STATIC} (Liu 13, Liu 15)`, frames: MIDDLE_THREE_AND_FIRST }),
  nFold('mmi', 10, 6, { ...MMI, source: `${SURVEY_STATIC} (Liu 17); ${HA_GAN}`, frames: MIDDLE_THREE }),
  shuffled('mmi', {
    ...MMI,
    source: `${HA_GAN}, Table 2: the mean of two runs of 10 folds`,
    frames: MIDDLE_THREE,
  }),
  nFold('mmi', 5, 6, {
    ...MMI,
    source: `${RAF_DB}, Table IX`,
    frames: MIDDLE_THREE,
    notes: 'The paper has 528 images of three peak frames a sequence; the peak is taken to be the middle.',
  }),
  nFold('mmi', 10, 6, { ...MMI, source: `${SURVEY_DYNAMIC} (Zhang 17, spatial network)`, frames: MIDDLE }, 'middle'),
  nFold(
    'mmi',
    10,
    6,
    { ...MMI, source: `${SURVEY_DYNAMIC} (Zhang 17, all frames)`, frames: ALL_FRAMES, scored: 'sequences' },
    'sequence',
  ),
  loso(
    'mmi',
    6,
    {
      ...MMI,
      source: `${SURVEY_DYNAMIC} (Kim 17)`,
      frames: ALL_FRAMES,
      scored: 'sequences',
      notes: 'The source takes 5 intensities of each sequence, chosen by hand; here all frames count.',
    },
    'sequence',
  ),
];

/** The 480 sequences of visible light under strong illumination. */
const OULU = { where: { 'oulu-casia': { camera: ['VL'], illumination: ['strong'] } } };

export const OULU_CASIA_PROTOCOLS: readonly Protocol[] = [
  nFold('oulu-casia', 10, 6, { ...OULU, source: HA_GAN, frames: LAST_THREE }),
  shuffled('oulu-casia', {
    ...OULU,
    source: `${HA_GAN}, Table 3: the mean of two runs of 10 folds`,
    frames: LAST_THREE,
  }),
  nFold(
    'oulu-casia',
    10,
    6,
    { ...OULU, source: `${SURVEY_DYNAMIC} (Zhang 17, spatial network)`, frames: LAST },
    'last',
  ),
  nFold('oulu-casia', 10, 7, { ...OULU, source: 'Li & Deng 2020, section 3', frames: LAST_THREE_AND_FIRST }),
  nFold('oulu-casia', 10, 6, { ...OULU, source: RECENTRALIZATION, frames: LAST_THIRD_FIFTH }, 'spread'),
  nFold(
    'oulu-casia',
    10,
    6,
    { ...OULU, source: `${SURVEY_DYNAMIC} (PPDN, DCPN)`, frames: SEVENTH_TO_LAST, testFrames: LAST },
    'peak',
  ),
  nFold(
    'oulu-casia',
    10,
    6,
    { ...OULU, source: `${SURVEY_DYNAMIC} (Zhang 17, all frames)`, frames: ALL_FRAMES, scored: 'sequences' },
    'sequence',
  ),
];
