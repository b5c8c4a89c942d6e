/** SFEW in miniature: 2.0 with the old and the new faces of Val, and release 1 with its points. */
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
const image = (seed: number) => drawFace({ width: 143, height: 181, channels: 3, seed });

const TRAIN = 'Train/Train_Aligned_Faces';
const VAL = 'Val/Val_Aligned_Faces_new/Val_Aligned_Faces';
const OLD_VAL = 'Val/Val_Aligned_Faces';
const fileName = (i: number): string => `Airheads_00051924${i}_00000005.png`;

const LABELLED = [TRAIN, VAL].flatMap((folder) =>
  NAMES.map((name, i) => ({ id: `${folder}/${name}/${fileName(i)}`, label: FOLDERS[name] })),
);
const TEST = 'Test/Test_Aligned_Faces/Unknown_000000001_00000012.png';
const IDS = [...LABELLED.map(({ id }) => id), TEST];

const tree: Tree = {
  ...Object.fromEntries(IDS.map((id, i) => [id, image(i)])),
  [`${OLD_VAL}/Angry/${fileName(0)}`]: image(50),
  '.DS_Store': 'x',
  [`${TRAIN}/Angry/Thumbs.db`]: 'x',
};

export const sfewCase: DatabaseCase = {
  name: 'sfew',
  tree,
  expected: {
    ids: IDS,
    labels: [...LABELLED.map(({ label }) => label), undefined],
    subjects: 0,
    sequences: 0,
    records: {
      [`${TRAIN}/Angry/${fileName(0)}`]: {
        split: 'Train',
        attributes: { film: 'Airheads', time: '000519240', frame: 5 },
      },
      [TEST]: { split: 'Test' },
    },
    image: { width: 143, height: 181 },
  },
  damaged: {
    changed: { [`${TRAIN}/Contempt/a.png`]: image(60) },
    removed: [`${VAL}/Sad`],
    problems: [
      { where: `${TRAIN}/Contempt`, message: /is not an expression, expected Angry, Disgust/ },
      { where: `${VAL}/Sad`, message: /is missing/ },
    ],
    ids: IDS.filter((id) => !id.includes(`${VAL}/Sad`)),
  },
};

const POINTS = '30 40\t70 41\t50.5 60\t35 80\t65 81';
const V1 = ['Set1', 'Set2'].flatMap((set) =>
  NAMES.map((name) => ({
    id: `SFEW-SPI-Release/${set}/${name}/film_0001.jpg`,
    points: `SFEW-SPI-Annotations/${set}/${name}/FaceFP_5.txt`,
    label: FOLDERS[name],
  })),
);

/** Release 1: JPEG files of whole frames, five points each. */
export const sfew1Case: DatabaseCase = {
  name: 'sfew',
  tree: {
    ...Object.fromEntries(V1.map(({ id }, i) => [id, image(i)])),
    ...Object.fromEntries(V1.map(({ points }) => [points, `film_0001.jpg\t${POINTS}\r\n`])),
  },
  expected: {
    ids: V1.map(({ id }) => id),
    labels: V1.map(({ label }) => label),
    subjects: 0,
    sequences: 0,
    records: { [V1[0]!.id]: { split: 'Set1', landmarks: [5] }, [V1.at(-1)!.id]: { split: 'Set2', landmarks: [5] } },
    image: { width: 143, height: 181 },
  },
  damaged: {
    changed: { [V1[0]!.points]: `film_0001.jpg\t30 40\t70 41\n`, 'SFEW-SPI-Release/Set2/Sad/film_0002.jpg': image(61) },
    problems: [
      { where: `${V1[0]!.points}:1`, message: /has 2 points, expected a name and 5 pairs "x y" between tabs/ },
      { where: V1[0]!.id, message: /has no points in FaceFP_5\.txt/ },
      { where: 'SFEW-SPI-Release/Set2/Sad/film_0002.jpg', message: /has no points/ },
    ],
    ids: V1.flatMap(({ id }) => (id.includes('Set2/Sad') ? [id, id.replace('0001', '0002')] : [id])),
  },
};
