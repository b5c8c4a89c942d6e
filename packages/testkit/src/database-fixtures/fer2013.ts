/**
 * FER2013 and FER+ in miniature: the official CSV files, Kaggle's later form with its leading spaces, folders of
 * images.
 */
import { FERPLUS_HEADER, icmlCsv, officialCsv, votesCsv } from '../fer-fixtures.ts';
import type { DatabaseCase } from './case.ts';
import { drawFace } from './draw.ts';

/** Codes 0 … 6. */
const CODES = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'];
const ROWS = [
  ...CODES.map((_, emotion) => ({ emotion, usage: 'Training' })),
  { emotion: 3, usage: 'PublicTest' },
  { emotion: 6, usage: 'PrivateTest' },
];
const LABELS = ROWS.map(({ emotion }) => CODES[emotion]!);
const idsOf = (file: string): string[] => ROWS.map((_, i) => `${file}#${i}`);
const SIZE = { width: 48, height: 48 };

/** Damaged pixels are found when the image is read. */
const DAMAGED_ROWS = ROWS.map((row, i) =>
  i === 1 ? { ...row, emotion: 9 } : i === 2 ? { ...row, pixels: '1 2 3' } : i === 3 ? { ...row, usage: 'Test' } : row,
);
const damagedProblems = (file: string) => [
  { where: `${file}:3`, message: /label is "9", expected a code 0 … 6/ },
  { where: `${file}:5`, message: /Usage is "Test", expected Training, PublicTest, PrivateTest/ },
];

function csvCase(file: string, write: typeof icmlCsv): DatabaseCase {
  return {
    name: 'fer2013',
    tree: { [file]: write(ROWS), '.DS_Store': 'x', 'Thumbs.db': 'x' },
    expected: {
      ids: idsOf(file),
      labels: LABELS,
      subjects: 0,
      sequences: 0,
      records: {
        [`${file}#0`]: { split: 'Training', attributes: { name: 'fer0000000.png' } },
        [`${file}#8`]: { split: 'PrivateTest' },
      },
      image: SIZE,
    },
    damaged: {
      changed: { [file]: write(DAMAGED_ROWS) },
      problems: damagedProblems(file),
      ids: idsOf(file).filter((_, i) => i !== 1 && i !== 3),
    },
    unreadable: { [file]: write(ROWS.map((row) => ({ ...row, pixels: '1 2 x' }))) },
  };
}

const folderPath = (i: number): string =>
  `${i === 0 ? 'Training' : 'PublicTest'}/${i === 0 ? 'angry' : 'happy'}/${i}.png`;
const face = (seed: number) => drawFace({ ...SIZE, channels: 1, seed });

const folderCase: DatabaseCase = {
  name: 'fer2013',
  tree: { [folderPath(0)]: face(0), [folderPath(1)]: face(1), 'Training/angry/Thumbs.db': 'x' },
  expected: {
    ids: [folderPath(1), folderPath(0)],
    labels: ['happiness', 'anger'],
    subjects: 0,
    sequences: 0,
    records: { [folderPath(0)]: { split: 'Training' } },
    image: SIZE,
  },
  damaged: {
    changed: { 'Training/contempt/1.png': face(2) },
    problems: [{ where: 'Training/contempt', message: /"contempt" is not an expression of FER2013/ }],
    ids: [folderPath(1), folderPath(0)],
  },
};

/** A majority; a tie of three, which has none; no face, whose name is empty; unknown. */
const VOTES = [
  { usage: 'Training', votes: [8, 2, 0, 0, 0, 0, 0, 0, 0, 0] },
  { usage: 'Training', votes: [3, 3, 3, 1, 0, 0, 0, 0, 0, 0] },
  { usage: 'Training', votes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 10] },
  { usage: 'PublicTest', votes: [0, 0, 0, 0, 0, 0, 0, 2, 8, 0] },
  { usage: 'PrivateTest', votes: [0, 1, 0, 0, 2, 0, 0, 7, 0, 0] },
];
const PLUS_IDS = VOTES.map((_, i) => `fer2013.csv#${i}`);
const PLUS_ROWS = VOTES.map(({ usage }, i) => ({ emotion: i, usage }));
const thirds = { neutral: Math.fround(1 / 3), happiness: Math.fround(1 / 3), surprise: Math.fround(1 / 3) };

/** Name of the image, and votes that are all 0. */
const attributesOf = (row: number) => ({
  name: `fer000000${row}.png`,
  ...Object.fromEntries(
    FERPLUS_HEADER.split(',')
      .slice(2)
      .map((name) => [name, 0]),
  ),
});

export const ferPlusCase: DatabaseCase = {
  name: 'ferplus',
  tree: { 'fer2013.csv': officialCsv(PLUS_ROWS), 'fer2013new.csv': votesCsv(VOTES), 'Thumbs.db': 'x' },
  expected: {
    ids: PLUS_IDS,
    labels: ['neutral', undefined, undefined, undefined, 'contempt'],
    subjects: 0,
    sequences: 0,
    records: {
      'fer2013.csv#0': {
        split: 'Training',
        labelDistribution: { neutral: 1 },
        attributes: { ...attributesOf(0), neutral: 8, happiness: 2 },
      },
      'fer2013.csv#1': {
        labelDistribution: thirds,
        attributes: { ...attributesOf(1), neutral: 3, happiness: 3, surprise: 3, sadness: 1 },
      },
      'fer2013.csv#2': { attributes: { ...attributesOf(2), NF: 10 } },
      'fer2013.csv#3': { split: 'PublicTest', attributes: { ...attributesOf(3), contempt: 2, unknown: 8 } },
    },
    image: SIZE,
  },
  damaged: {
    changed: {
      'fer2013new.csv': [
        FERPLUS_HEADER,
        'Training,fer0000000.png,8,2,0,0,0,0,0,0,0,x',
        ...votesCsv(VOTES).split('\n').slice(2),
      ].join('\n'),
    },
    problems: [{ where: 'fer2013new.csv:2', message: /votes for NF are "x", expected a whole number/ }],
    ids: PLUS_IDS.slice(1),
  },
  unreadable: { 'fer2013.csv': officialCsv(PLUS_ROWS.map((row) => ({ ...row, pixels: '' }))) },
};

export const fer2013Cases: readonly DatabaseCase[] = [
  csvCase('fer2013.csv', officialCsv),
  csvCase('icml_face_data.csv', icmlCsv),
  folderCase,
];
