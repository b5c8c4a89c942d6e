/** Multi-PIE in small: what each session's recordings show, two cameras, landmarks of some, genders of most. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';
import { encodeMat } from './mat.ts';

const size = { width: 16, height: 12, channels: 3 } as const;
const image = (session: string, subject: string, recording: string, camera: string, illumination: string): string =>
  `data/session${session}/multiview/${subject}/${recording}/${camera}/${subject}_${session}_${recording}_${camera.replace('_', '')}_${illumination}.png`;
const ids = [
  image('01', '001', '01', '05_1', '07'),
  image('01', '001', '01', '24_0', '00'),
  image('01', '001', '02', '05_1', '07'),
  image('02', '001', '01', '05_1', '07'),
  image('02', '001', '02', '05_1', '07'),
  image('02', '001', '03', '05_1', '07'),
  image('03', '250', '01', '05_1', '07'),
  image('03', '250', '02', '05_1', '07'),
  image('03', '250', '03', '05_1', '07'),
  image('04', '346', '01', '05_1', '07'),
  image('04', '346', '02', '05_1', '07'),
  image('04', '346', '03', '05_1', '07'),
];
const pts = (count: number): Uint8Array =>
  encodeMat(
    { pts: { dims: [count, 2], data: Float64Array.from({ length: 2 * count }, (_, i) => i + 0.5) } },
    { compressed: true },
  );

export const multiPieCase: DatabaseCase = {
  name: 'multi-pie',
  tree: {
    ...faceTree(ids, size),
    ...faceTree(['data/session01/highres/001_01_01.png'], size),
    'meta/subject_list.txt': '001 1974 Male White\n250 1980 Female Asian\n346 1985 - -\n',
    'MPie_Labels/labels/05_1/001_01_01_051_07_lm.mat': pts(68),
    'MPie_Labels/labels/24_0/001_01_01_240_00_lm.mat': pts(39),
    ...strayFiles('', 'data', 'data/session01', 'data/session01/multiview/001/01/05_1', 'MPie_Labels/labels/05_1'),
  },
  expected: {
    ids,
    labels: [
      'neutral',
      'neutral',
      'happiness',
      'neutral',
      'surprise',
      'squint',
      'neutral',
      'happiness',
      'disgust',
      'neutral',
      'scream',
      'neutral',
    ],
    subjects: 3,
    sequences: 0,
    records: {
      [ids[0]!]: {
        subject: '001',
        landmarks: [68],
        attributes: { session: 1, recording: 1, camera: '05_1', illumination: 7, gender: 'male' },
      },
      [ids[1]!]: {
        landmarks: [39],
        attributes: { session: 1, recording: 1, camera: '24_0', illumination: 0, gender: 'male' },
      },
      [ids[8]!]: {
        subject: '250',
        landmarks: [],
        attributes: { session: 3, recording: 3, camera: '05_1', illumination: 7, gender: 'female' },
      },
      [ids[10]!]: {
        subject: '346',
        attributes: { session: 4, recording: 2, camera: '05_1', illumination: 7, gender: undefined },
      },
    },
    image: { width: 16, height: 12 },
  },
  damaged: {
    changed: {
      ...faceTree(
        [image('01', '001', '03', '05_1', '07'), 'data/session01/multiview/001/01/05_1/002_01_01_051_07.png'],
        size,
      ),
      'meta/subject_list.txt': '001 1974 Male White\nnobody 1980 Female Asian\n',
    },
    removed: [ids[4]!],
    problems: [
      { where: 'data/session01/multiview/001/03/05_1', message: /session 01 has no recording 03/ },
      {
        where: 'data/session01/multiview/001/01/05_1/002_01_01_051_07.png',
        message: /is not named as its folder says, 001_01_01_051_NN\.png/,
      },
      { where: 'meta/subject_list.txt:2', message: /expected the number of a person, got "nobody"/ },
    ],
    ids: ids.filter((_, i) => i !== 4),
  },
};
