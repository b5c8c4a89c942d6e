/** CK+ in small: a labelled sequence with everything, an unlabelled one whose label folder is empty, two more. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const images = 'cohn-kanade-images';
const frames = (sequence: string, numbers: readonly number[]): string[] =>
  numbers.map((n) => `${images}/${sequence}/${sequence.replace('/', '_')}_${String(n).padStart(8, '0')}.png`);
const s005 = frames('S005/001', [1, 2, 3]);
const s010a = frames('S010/002', [1, 2]);
const s010b = frames('S010/004', [9, 10]);
const s037 = frames('S037/006', [1]);
const landmarks = (n: number): string =>
  Array.from(
    { length: 68 },
    (_, i) => `   ${(100 + i + n / 10).toExponential(7)}   ${(200 + i).toExponential(7)}\n`,
  ).join('');

export const ckPlusCase: DatabaseCase = {
  name: 'ck-plus',
  tree: {
    ...faceTree([...s005, ...s010a, ...s010b, ...s037], { width: 16, height: 12, channels: 1 }),
    'Emotion/S005/001/S005_001_00000003_emotion.txt': '   3.0000000e+00\n',
    // Folders without a label file occur in the official copy.
    'Emotion/S010/002/': '',
    'Emotion/S010/004/S010_004_00000010_emotion.txt': '   7.0000000e+00',
    'Emotion/S037/006/S037_006_00000001_emotion.txt': '   2.0000000e+00\r\n',
    // The ReadMe's example has this name.
    'FACS/S005/001/S0005_001_00000003_facs.txt':
      '   9.0000000e+00   0.0000000e+00\n   1.7000000e+01   4.0000000e+00\n\n',
    'FACS/S010/002/S010_002_00000002_facs.txt': '   4.0000000e+00   5.0000000e+00\n',
    ...Object.fromEntries(
      [1, 2, 3].map((n) => [`Landmarks/S005/001/S005_001_0000000${n}_landmarks.txt`, landmarks(n)]),
    ),
    'ReadMeFirst_CK.txt': 'a text',
    ...strayFiles('', images, `${images}/S005/001`, 'Emotion', 'Emotion/S010/002', 'FACS/S005/001', 'Landmarks/S005'),
  },
  expected: {
    ids: [...s005, ...s010a, ...s010b, ...s037],
    labels: ['disgust', 'disgust', 'disgust', undefined, undefined, 'surprise', 'surprise', 'contempt'],
    subjects: 3,
    sequences: 4,
    records: {
      [s005[0]!]: { subject: 'S005', sequence: 'S005/001', frame: 0, landmarks: [68] },
      [s005[2]!]: { frame: 2, landmarks: [68], actionUnits: [{ unit: 9 }, { unit: 17, intensity: 4 }] },
      [s010a[1]!]: {
        subject: 'S010',
        sequence: 'S010/002',
        frame: 1,
        landmarks: [],
        actionUnits: [{ unit: 4, intensity: 5 }],
      },
      [s010b[1]!]: { frame: 1 },
    },
    image: { width: 16, height: 12 },
  },
  damaged: {
    changed: {
      'Emotion/S010/004/S010_004_00000010_emotion.txt': '   9.0000000e+00\n',
      'Emotion/S037/006/S037_006_00000002_emotion.txt': '   2.0000000e+00\n',
      'Emotion/S777/001/S777_001_00000001_emotion.txt': '   2.0000000e+00\n',
      'FACS/S005/001/S0005_001_00000003_facs.txt': '   9.0000000e+00   0.0000000e+00\n   nose   4.0000000e+00\n',
    },
    removed: s010a,
    problems: [
      { where: 'Emotion/S010/004/S010_004_00000010_emotion.txt:1', message: /expected a code from 0 to 7, got 9/ },
      { where: 'Emotion/S037/006', message: /holds 2 label files \(.*\), expected one/ },
      {
        where: 'Emotion/S777/001/S777_001_00000001_emotion.txt',
        message: /is of sequence S777\/001, which has no images/,
      },
      { where: 'FACS/S005/001/S0005_001_00000003_facs.txt:2', message: /expected 2 numbers, got "nose/ },
      { where: `${images}/S010/002`, message: /holds no frames/ },
    ],
    ids: [...s005, ...s010b, ...s037],
  },
};
