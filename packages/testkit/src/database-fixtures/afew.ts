/** AFEW in miniature: frames beside the clips, aligned faces for one of them, an unlabelled Test. */
import type { DatabaseCase } from './case.ts';
import { drawFace, type Tree } from './draw.ts';

const FOLDERS = {
  Angry: 'anger',
  Disgust: 'disgust',
  Fear: 'fear',
  Happy: 'happiness',
  Neutral: 'neutral',
  Sad: 'sadness',
  Surprise: 'surprise',
};
const NAMES = Object.keys(FOLDERS) as (keyof typeof FOLDERS)[];
const image = (seed: number) => drawFace({ width: 48, height: 36, channels: 3, seed });
const frameName = (n: number): string => `${String(n).padStart(8, '0')}.png`;

/** Frames 1 and 2 of a clip in each class; the clip that is Sad has aligned faces only. */
const clip = (split: string, name: string, i: number): string =>
  `${split}_AFEW/${name}/${String(1000 * (i + 1)).padStart(9, '0')}`;
const framesOf = (split: string, name: string, i: number): string =>
  split === 'Train' && name === 'Sad'
    ? `Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/${clip(split, name, i).split('/').at(-1)}`
    : clip(split, name, i);

const CLIPS = ['Train', 'Val'].flatMap((split) =>
  NAMES.map((name, i) => ({ split, name, path: clip(split, name, i), frames: framesOf(split, name, i) })),
);
const TEST = { split: 'Test', name: undefined, path: 'Test_AFEW/000000042', frames: 'Test_AFEW/000000042' };
const RECORDS = [...CLIPS, TEST].flatMap(({ name, path, frames }) =>
  [1, 2].map((n) => ({ id: `${frames}/${frameName(n)}`, path, label: name && FOLDERS[name] })),
);

const tree: Tree = {
  ...Object.fromEntries([...CLIPS, TEST].map(({ path }) => [`${path}.avi`, 'RIFF'])),
  ...Object.fromEntries(RECORDS.map(({ id }, i) => [id, image(i)])),
  'Train_AFEW/Angry/.DS_Store': 'x',
  [`${clip('Val', 'Angry', 0)}/Thumbs.db`]: 'x',
};

const afewCase: Omit<DatabaseCase, 'name'> = {
  tree,
  expected: {
    ids: RECORDS.map(({ id }) => id),
    labels: RECORDS.map(({ label }) => label),
    subjects: 0,
    sequences: 15,
    records: {
      [`${clip('Train', 'Angry', 0)}/${frameName(2)}`]: {
        split: 'Train',
        sequence: clip('Train', 'Angry', 0),
        frame: 1,
      },
      [`${framesOf('Train', 'Sad', 5)}/${frameName(1)}`]: {
        split: 'Train',
        sequence: clip('Train', 'Sad', 5),
        frame: 0,
      },
      [`Test_AFEW/000000042/${frameName(1)}`]: { split: 'Test', sequence: 'Test_AFEW/000000042', frame: 0 },
    },
    image: { width: 48, height: 36 },
  },
  damaged: {
    changed: {
      'Train_AFEW/Angry/000009999.avi': 'RIFF',
      'Val_AFEW/Bored/000000001.avi': 'RIFF',
      'Test_AFEW/000000043/': '',
    },
    removed: ['Val_AFEW/Fear'],
    problems: [
      {
        where: 'Train_AFEW/Angry/000009999.avi',
        message:
          /has no frames: mkdir -p ".*000009999" && ffmpeg -i ".*Angry\/000009999\.avi" ".*000009999\/%08d\.png"/,
      },
      { where: 'Val_AFEW/Bored', message: /is not an expression, expected Angry/ },
      { where: 'Val_AFEW/Fear', message: /is missing/ },
      { where: 'Test_AFEW/000000043', message: /holds no frames/ },
    ],
    ids: RECORDS.map(({ id }) => id).filter((id) => !id.startsWith('Val_AFEW/Fear')),
  },
};

/** The versions, in one layout. */
export const afewCases: readonly DatabaseCase[] = ['afew', 'afew-6', 'afew-5'].map((name) => ({ name, ...afewCase }));
