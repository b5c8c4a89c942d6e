/**
 * Protocols of the databases of posed stills: JAFFE, TFD, Multi-PIE, BU-3DFE, RaFD, KDEF, and of FERG's drawn faces.
 */
import { declare, loso, nFold } from './build.ts';
import type { Protocol } from './protocol.ts';

const SURVEY = 'Li & Deng 2020';
const DEEP_EMOTION = 'Minaee & Abdolrashidi 2019, section IV';

export const JAFFE_PROTOCOLS: readonly Protocol[] = [
  loso('jaffe', 7, { source: `${SURVEY}, Table 3; Li & Deng 2019 (RAF-DB), Table V` }),
  nFold('jaffe', 10, 7, {
    source: `${SURVEY}, Table 3 (Hamester 15)`,
    notes:
      'One of the ten people in each fold, so the same parts as jaffe.loso.7; the source does not say how its folds are made.',
  }),
  declare(
    'jaffe',
    'images',
    7,
    { rule: 'by-image', seed: 1, test: { imagesPerClass: 10 }, validation: { images: 23 } },
    {
      source: DEEP_EMOTION,
      notes:
        '120, 23 and 70 images, 10 of each class to test on; which ones the paper does not say. Report jaffe.loso.7 beside it.',
    },
  ),
];

export const TFD_PROTOCOLS: readonly Protocol[] = [
  declare(
    'tfd',
    'official',
    7,
    {
      rule: 'given-folds',
      attributes: ['fold1', 'fold2', 'fold3', 'fold4', 'fold5'],
      train: 'train',
      validation: 'validation',
      test: 'test',
    },
    {
      source: `${SURVEY}, Table 3`,
      notes: '70, 10 and 20 % of 4,178 images in each of the five folds; the figure is their mean.',
    },
  ),
];

export const MULTI_PIE_PROTOCOLS: readonly Protocol[] = [
  nFold('multi-pie', 5, 'own', {
    source: `${SURVEY}, section 3`,
    notes: 'All views and illuminations; the survey names no number of folds.',
  }),
];

export const BU_3DFE_PROTOCOLS: readonly Protocol[] = [
  nFold('bu-3dfe', 10, 6, {
    source: `${SURVEY}, section 3`,
    notes: 'All four levels of each expression; the survey names no number of folds.',
  }),
  nFold('bu-3dfe', 10, 7, {
    source: `${SURVEY}, section 3`,
    notes: 'All four levels and neutral; the survey names no number of folds.',
  }),
  nFold(
    'bu-3dfe',
    10,
    6,
    { where: { 'bu-3dfe': { level: [3, 4] } }, source: `${SURVEY}, section 3`, notes: 'The two strongest levels.' },
    'strong',
  ),
];

export const RAFD_PROTOCOLS: readonly Protocol[] = [
  nFold('rafd', 10, 8, {
    where: { rafd: { angle: [90] } },
    source: `${SURVEY}, section 3`,
    notes: 'The 1,608 frontal images; the survey names no number of folds.',
  }),
  nFold('rafd', 10, 8, { source: `${SURVEY}, section 3`, notes: 'All five angles, 8,040 images.' }, 'angles'),
];

export const KDEF_PROTOCOLS: readonly Protocol[] = [
  nFold('kdef', 10, 7, {
    where: { kdef: { angle: ['S'] } },
    source: `${SURVEY}, section 3`,
    notes: 'Frontal images; the survey names no number of folds.',
  }),
  nFold('kdef', 10, 7, { source: `${SURVEY}, section 3`, notes: 'All five angles.' }, 'angles'),
];

export const FERG_PROTOCOLS: readonly Protocol[] = [
  declare(
    'ferg',
    'images',
    7,
    { rule: 'by-image', seed: 1, test: { imagesPerClass: 1000 }, validation: { images: 14_000 } },
    {
      source: DEEP_EMOTION,
      notes: 'About 34,000, 14,000 and 7,000 images, 1,000 of each class to test on. Report ferg.loso.7 beside it.',
    },
  ),
  loso('ferg', 7, {
    source: 'the person-independent figure beside ferg.images.7',
    notes: 'A fold for each of the six characters.',
  }),
];
