/** EmotioNet in miniature: a list of URLs, rows of the challenge, a table with a header, the workbook of categories. */
import type { DatabaseCase } from './case.ts';
import { drawFace, type Tree } from './draw.ts';
import { encodeXlsx } from './xlsx.ts';

const COLUMNS = [
  'angrily_disgusted',
  'angrily_surprised',
  'angry',
  'appalled',
  'awed',
  'disgusted',
  'fearful',
  'fearfully_angry',
  'fearfully_surprised',
  'happily_disgusted',
  'happily_surprised',
  'happy',
  'sad',
  'sadly_angry',
  'sadly_disgusted',
  'surprised',
];
const LABELS = [
  'angrily disgusted',
  'angrily surprised',
  'anger',
  'appalled',
  'awed',
  'disgust',
  'fear',
  'fearfully angry',
  'fearfully surprised',
  'happily disgusted',
  'happily surprised',
  'happiness',
  'sadness',
  'sadly angry',
  'sadly disgusted',
  'surprise',
];
const SERVER = 'http://images.example.org/Images';
const image = (seed: number) => drawFace({ width: 80, height: 60, channels: 3, seed });
const urlOf = (folder: number, n: number): string => `${SERVER}/N_${folder}/N_${folder}_${n}.jpg`;

/** 60 fields: 999 except for the units that are given. */
function units(values: Readonly<Record<number, number | string>>): (number | string)[] {
  return Array.from({ length: 60 }, (_, i) => values[i + 1] ?? 999);
}
const challenge = (url: string, values: Readonly<Record<number, number | string>>): string =>
  [url, 'http://www.example.com/p', ...units(values)].join('\t');

const LIST = 'emotioNet_URLs/emotioNet_1.txt';
const CHALLENGE = 'emotioNet_challenge_files/N_2.txt';
const FACS = 'EmotioNet_FACS_aws_2020_24600.csv';
const WORKBOOK = 'URLsWithEmotionCat_aws_free.xlsx';

const categoryRow = (n: number, active: readonly number[]): (string | number)[] => [
  urlOf(3, n),
  'http://www.example.com/q',
  ...COLUMNS.map((_, i) => (active.includes(i) ? 1 : 0)),
];
const TWO_CATEGORIES = COLUMNS.length;

const tree: Tree = {
  [LIST]: `${urlOf(1, 1)}\n${urlOf(1, 2)}\n`,
  [CHALLENGE]: [
    challenge(urlOf(2, 1), { 1: 0, 4: 1, 12: 1, 25: 0 }),
    challenge(urlOf(2, 2), {}),
    challenge(urlOf(3, 0), { 9: 1 }),
    '',
  ].join('\r\n'),
  [FACS]: `URL,URL orig,'AU 1','AU 2'\n'${urlOf(2, 3)}','x',1,0\n`,
  [WORKBOOK]: encodeXlsx([
    ['URL', 'URL orig', ...COLUMNS],
    ...COLUMNS.map((_, n) => categoryRow(n, [n])),
    categoryRow(TWO_CATEGORIES, [2, 11]),
  ]),
  'README.txt': 'Images belong to their owners.\nhttp://example.org is not a row here.\n',
  ...Object.fromEntries(
    [urlOf(1, 1), urlOf(1, 2), urlOf(2, 1), urlOf(2, 2), urlOf(2, 3)].map((url, i) => [
      `images/${url.split('/').at(-1)}`,
      image(i),
    ]),
  ),
  ...Object.fromEntries(Array.from({ length: COLUMNS.length + 1 }, (_, n) => [`images/N_3_${n}.jpg`, image(10 + n)])),
  'images/.DS_Store': 'x',
  'images/Thumbs.db': 'x',
};

/** Tables in the order of their paths; an image stands where its first table has it. */
const FROM_WORKBOOK = Array.from({ length: COLUMNS.length + 1 }, (_, n) => `images/N_3_${n}.jpg`);
const IDS = [
  'images/N_2_3.jpg',
  ...FROM_WORKBOOK,
  'images/N_1_1.jpg',
  'images/N_1_2.jpg',
  'images/N_2_1.jpg',
  'images/N_2_2.jpg',
];
const LABEL_OF = new Map<string, string>(LABELS.map((label, n) => [`images/N_3_${n}.jpg`, label]));

export const emotioNetCase: DatabaseCase = {
  name: 'emotionet',
  tree,
  expected: {
    ids: IDS,
    labels: IDS.map((id) => LABEL_OF.get(id)),
    subjects: 0,
    sequences: 0,
    records: {
      'images/N_2_1.jpg': {
        actionUnits: [{ unit: 4 }, { unit: 12 }],
        attributes: { url: urlOf(2, 1), annotatedUnits: '1 4 12 25' },
      },
      'images/N_2_3.jpg': { actionUnits: [{ unit: 1 }], attributes: { url: urlOf(2, 3), annotatedUnits: '1 2' } },
      'images/N_3_0.jpg': { actionUnits: [{ unit: 9 }], attributes: { url: urlOf(3, 0), annotatedUnits: '9' } },
      [FROM_WORKBOOK.at(-1)!]: { labelDistribution: { anger: 1, happiness: 1 } },
    },
    image: { width: 80, height: 60 },
  },
  damaged: {
    changed: {
      [CHALLENGE]: [
        challenge(urlOf(2, 1), { 1: 2 }),
        'no url\tx',
        `${urlOf(2, 2)}\tx\t1`,
        challenge(urlOf(2, 9), {}),
        challenge(urlOf(2, 2), { 6: 1 }),
        '',
      ]
        .join('\n')
        .replace('no url', 'ftp'),
      [WORKBOOK]: 'this workbook has a password',
    },
    removed: ['images/N_1_2.jpg'],
    problems: [
      { where: WORKBOOK, message: /cannot be read as an \.xlsx file: if it has a password/ },
      { where: `${LIST}:2`, message: /is not downloaded: http:\/\/images\.example\.org\/Images\/N_1\/N_1_2\.jpg/ },
      { where: `${CHALLENGE}:1`, message: /action unit 1 is "2", expected 0, 1 or 999/ },
      { where: `${CHALLENGE}:2`, message: /expected 62 fields, got 2/ },
      { where: `${CHALLENGE}:3`, message: /expected 62 fields, got 3/ },
      { where: `${CHALLENGE}:4`, message: /is not downloaded/ },
    ],
    ids: ['images/N_2_3.jpg', 'images/N_1_1.jpg', 'images/N_2_2.jpg'],
  },
};

/** The units alone make the labels: one expression, several that fit equally well, none. */
const coded: Tree = {
  ...tree,
  [CHALLENGE]: [
    challenge(urlOf(2, 1), { 4: 0, 12: 1, 25: 1 }),
    challenge(urlOf(2, 2), { 1: 1, 2: 1, 5: 1, 10: 1, 25: 1 }),
    challenge(urlOf(3, 0), { 9: 1 }),
    '',
  ].join('\n'),
};

export const emotioNetUnitsCase: DatabaseCase = {
  ...emotioNetCase,
  name: 'emotionet-units',
  tree: coded,
  expected: {
    ...emotioNetCase.expected,
    labels: IDS.map((id) => (id === 'images/N_2_1.jpg' ? 'happiness' : undefined)),
    records: {
      'images/N_2_1.jpg': {
        actionUnits: [{ unit: 12 }, { unit: 25 }],
        attributes: { url: urlOf(2, 1), annotatedUnits: '4 12 25' },
      },
      'images/N_2_2.jpg': { labelDistribution: { 'disgustedly surprised': 1, awed: 1 } },
    },
  },
};
