/** AffectNet in miniature: the tables of the first release, the folders of the second, codes 8 to 10 in both. */
import type { DatabaseCase } from './case.ts';
import { drawFace, type Tree } from './draw.ts';
import { encodeNpy } from './npy.ts';

const CODES = [
  'neutral',
  'happiness',
  'sadness',
  'surprise',
  'fear',
  'disgust',
  'anger',
  'contempt',
  undefined,
  undefined,
  undefined,
];
const OTHERS = ['none', 'uncertain', 'no-face'];
const HEADER = 'subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal';
const POINTS = Array.from({ length: 136 }, (_, i) => 10 + i / 2);
const image = (seed: number) => drawFace({ width: 64, height: 64, channels: 3, seed });
const nameOf = (code: number): string => `${689 + code}/${String(code).padStart(8, 'a')}.jpg`;

/** Images that show no expression have no valence and arousal: −2. */
const row = (code: number, affect = code > 7 ? '-2,-2' : '0.5,-0.25'): string =>
  `${nameOf(code)},134,134,899,899,${POINTS.join(';')},${code},${affect}`;
const V1_IMAGES = 'Manually_Annotated_Images';
const V1_IDS = [...CODES.map((_, code) => `${V1_IMAGES}/${nameOf(code)}`), `${V1_IMAGES}/1/b.jpg`];
const VALIDATION = `1/b.jpg,10,11,20,21,${POINTS.join(';')},1,1,-1`;

const tree: Tree = {
  'training.csv': [HEADER, ...CODES.map((_, code) => row(code)), ''].join('\r\n'),
  // Without a header, as some copies have it.
  'validation.csv': `${VALIDATION}\n`,
  ...Object.fromEntries(V1_IDS.map((id, i) => [id, image(i)])),
  [`${V1_IMAGES}/.DS_Store`]: 'x',
  [`${V1_IMAGES}/689/Thumbs.db`]: 'x',
};

export const affectNet1Case: DatabaseCase = {
  name: 'affectnet',
  tree,
  expected: {
    ids: V1_IDS,
    labels: [...CODES, 'happiness'],
    subjects: 0,
    sequences: 0,
    records: {
      [V1_IDS[0]!]: {
        split: 'train',
        valence: 0.5,
        arousal: -0.25,
        box: { x: 134, y: 134, width: 899, height: 899 },
        landmarks: [68],
      },
      ...Object.fromEntries(
        OTHERS.map((expression, i) => [
          V1_IDS[8 + i]!,
          { split: 'train', attributes: { expression }, landmarks: [68] },
        ]),
      ),
      [V1_IDS[11]!]: { split: 'validation', valence: 1, arousal: -1, landmarks: [68] },
    },
    image: { width: 64, height: 64 },
  },
  damaged: {
    changed: {
      'training.csv': [
        HEADER,
        row(0),
        row(1),
        row(2, '7,0'),
        row(11),
        row(3).replace('10;', ''),
        row(4).replaceAll('899', 'wide'),
        'a.jpg,1,2',
        `gone/a.jpg${row(5).slice(nameOf(5).length)}`,
        row(0),
        '',
      ].join('\n'),
    },
    removed: [V1_IDS[1]!],
    problems: [
      { where: 'training.csv:3', message: /lists 690\/aaaaaaa1\.jpg, which is missing/ },
      { where: 'training.csv:4', message: /valence is 7, expected −1 … 1, or −2 for none/ },
      { where: 'training.csv:5', message: /expression is 11, expected a code 0 … 10/ },
      { where: 'training.csv:6', message: /facial_landmarks has 135 numbers, expected 136/ },
      { where: 'training.csv:7', message: /face box is "134,134,wide,wide", expected four numbers/ },
      { where: 'training.csv:8', message: /expected 9 fields, got 3/ },
      { where: 'training.csv:9', message: /lists gone\/a\.jpg, which is missing/ },
      { where: 'training.csv:10', message: /lists 689\/aaaaaaa0\.jpg again/ },
    ],
    ids: [V1_IDS[0]!, V1_IDS[11]!],
  },
};

/** 2 before 10: numbers are not compared as text. */
const V2 = [
  ...CODES.map((label, code) => ({
    id: `train_set/images/${code}.jpg`,
    stem: `train_set/annotations/${code}`,
    code,
    label,
  })),
  { id: 'val_set/images/3.jpg', stem: 'val_set/annotations/3', code: 7, label: 'contempt' },
];

export const affectNet2Case: DatabaseCase = {
  name: 'affectnet',
  tree: {
    ...Object.fromEntries(
      V2.flatMap(({ id, stem, code }, i) => [
        [id, image(i)],
        // Text in the files of the owners, numbers in copies: both are read.
        [`${stem}_exp.npy`, i % 2 ? encodeNpy([code], []) : encodeNpy(String(code), [])],
        [`${stem}_val.npy`, i % 2 ? encodeNpy([code > 7 ? -2 : 0.5], []) : encodeNpy(code > 7 ? '-2' : '0.5', [])],
        [`${stem}_aro.npy`, encodeNpy(code > 7 ? '-2' : '-0.25', [])],
        [`${stem}_lnd.npy`, encodeNpy(POINTS, i % 2 ? [136] : [68, 2])],
      ]),
    ),
    'train_set/images/Thumbs.db': 'x',
  },
  expected: {
    ids: V2.map(({ id }) => id),
    labels: V2.map(({ label }) => label),
    subjects: 0,
    sequences: 0,
    records: {
      'train_set/images/0.jpg': { split: 'train', valence: 0.5, arousal: -0.25, landmarks: [68] },
      'train_set/images/1.jpg': { split: 'train', valence: 0.5, arousal: -0.25, landmarks: [68] },
      'train_set/images/8.jpg': { split: 'train', attributes: { expression: 'none' }, landmarks: [68] },
      'val_set/images/3.jpg': { split: 'validation', landmarks: [68] },
    },
    image: { width: 64, height: 64 },
  },
  damaged: {
    changed: {
      'train_set/annotations/0_exp.npy': 'not an array',
      'train_set/annotations/1_val.npy': encodeNpy([0.5], []).subarray(0, 132),
      'train_set/annotations/2_exp.npy': encodeNpy([12], []),
      'train_set/annotations/3_exp.npy': encodeNpy([1, 2], [2]),
      'train_set/annotations/4_aro.npy': encodeNpy('much', []),
    },
    removed: ['train_set/annotations/5_exp.npy', 'train_set/images/6.jpg'],
    problems: [
      { where: 'train_set/annotations/0_exp.npy', message: /is not an NPY file/ },
      { where: 'train_set/annotations/1_val.npy', message: /is cut short/ },
      { where: 'train_set/annotations/2_exp.npy', message: /expression is 12, expected a code 0 … 10/ },
      { where: 'train_set/annotations/3_exp.npy', message: /has 2 elements, expected 1/ },
      { where: 'train_set/annotations/4_exp.npy', message: /arousal is NaN, expected −1 … 1/ },
      { where: 'train_set/annotations/5_exp.npy', message: /no such file/ },
      { where: 'train_set/annotations/6_exp.npy', message: /has no image train_set\/images\/6\.jpg/ },
    ],
    ids: V2.filter(({ id }) => !/train_set\/images\/[0-6]\./.test(id)).map(({ id }) => id),
  },
};
