/** TFD in small: six images of 48×48 in a compressed MATLAB file, as `save -v7` writes it. */
import type { DatabaseCase } from './case.ts';
import { drawFace } from './draw.ts';
import { strayFiles } from './face-tree.ts';
import { encodeMat, type MatFixture } from './mat.ts';

const SIDE = 48;
const expressions = [3, -1, 7, 1, 6, 2];
const people = [12, -1, 12, 5, -1, 7];
/** By image, then by fold. */
const folds = [
  [1, 2, 3, 1, 1],
  [0, 0, 0, 0, 0],
  [1, 1, 2, 3, 1],
  [3, 1, 1, 2, 1],
  [2, 3, 1, 1, 3],
  [1, 1, 1, 1, 2],
];
const count = expressions.length;

/** [N,48,48], column-major: pixel (y,x) of image n stands at n + N·(y + 48·x). */
function columnMajorFaces(): Uint8Array {
  const data = new Uint8Array(count * SIDE * SIDE);
  for (let n = 0; n < count; n++) {
    const face = drawFace({ width: SIDE, height: SIDE, channels: 1, seed: n });
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++) data[n + count * (y + SIDE * x)] = face.data[y * SIDE + x]!;
  }
  return data;
}

const images: MatFixture = { dims: [count, SIDE, SIDE], data: columnMajorFaces() };
const columns = (rows: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(rows[0]!.flatMap((_, f) => rows.map((row) => row[f]!)));
const sound = {
  images,
  labs_ex: { dims: [count, 1], data: Int16Array.from(expressions) },
  labs_id: { dims: [count, 1], data: Float64Array.from(people) },
  folds: { dims: [count, 5], data: columns(folds) },
};
const ids = expressions.map((_, n) => `TFD_48x48.mat#${n}`);

export const tfdCase: DatabaseCase = {
  name: 'tfd',
  tree: { 'TFD_48x48.mat': encodeMat(sound, { compressed: true }), ...strayFiles('') },
  expected: {
    ids,
    labels: ['fear', undefined, 'neutral', 'anger', 'surprise', 'disgust'],
    subjects: 3,
    sequences: 0,
    records: {
      [ids[0]!]: {
        subject: '12',
        attributes: { fold1: 'train', fold2: 'validation', fold3: 'test', fold4: 'train', fold5: 'train' },
      },
      [ids[1]!]: {
        attributes: {
          fold1: 'unlabelled',
          fold2: 'unlabelled',
          fold3: 'unlabelled',
          fold4: 'unlabelled',
          fold5: 'unlabelled',
        },
      },
      [ids[3]!]: {
        subject: '5',
        attributes: { fold1: 'test', fold2: 'train', fold3: 'train', fold4: 'validation', fold5: 'train' },
      },
    },
    image: { width: SIDE, height: SIDE },
  },
  damaged: {
    changed: {
      'TFD_48x48.mat': encodeMat(
        {
          images,
          labs_ex: { dims: [1, count], data: Int16Array.from([8, ...expressions.slice(1)]) },
          folds: { dims: [count, 5], data: columns([...folds.slice(0, 5), [1, 1, 4, 1, 2]]) },
        },
        { compressed: false },
      ),
    },
    problems: [
      { where: 'TFD_48x48.mat', message: /has no variable "labs_id"/ },
      { where: 'TFD_48x48.mat', message: /labs_ex of image 0 is 8, which is not a code/ },
      { where: 'TFD_48x48.mat', message: /fold 3 of image 5 is 4, which is not a code/ },
    ],
    ids,
  },
  // The variables around the pixels are intact, the pixels no longer of numbers.
  unreadable: {
    'TFD_48x48.mat': damagedPixels(encodeMat(sound, { compressed: false })),
  },
};

/** The type of the first variable's numbers becomes one that there is not. */
function damagedPixels(file: Uint8Array): Uint8Array {
  // Header 128, tag 8, flags 16, dimensions 8 + 12 + 4, name 8 + 6 + 2.
  const at = 128 + 8 + 16 + 24 + 16;
  return file.with(at, 99);
}
