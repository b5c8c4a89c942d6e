/** RaFD in small: all expressions, gazes and kinds of model. */
import type { DatabaseCase } from './case.ts';
import { faceTree, strayFiles } from './face-tree.ts';

const size = { width: 12, height: 18, channels: 3 } as const;
const ids = [
  'Rafd000_01_Caucasian_female_angry_left.jpg',
  'Rafd045_01_Caucasian_female_contemptuous_frontal.JPG',
  'Rafd090_01_Caucasian_female_disgusted_frontal.jpg',
  'Rafd090_07_Caucasian_male_fearful_right.jpg',
  'Rafd090_29_Moroccan_male_happy_frontal.jpg',
  'Rafd090_42_Kid_female_neutral_frontal.jpg',
  'Rafd135_42_Kid_female_sad_frontal.jpg',
  'Rafd180_42_Kid_female_surprised_frontal.jpg',
];

export const rafdCase: DatabaseCase = {
  name: 'rafd',
  tree: { ...faceTree(ids, size), 'RaFD_validation.txt': 'a text', ...strayFiles('') },
  expected: {
    ids,
    labels: ['anger', 'contempt', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'],
    subjects: 4,
    sequences: 0,
    records: {
      [ids[0]!]: { subject: '01', attributes: { angle: 0, group: 'caucasian', gender: 'female', gaze: 'left' } },
      [ids[4]!]: { subject: '29', attributes: { angle: 90, group: 'moroccan', gender: 'male', gaze: 'frontal' } },
    },
    image: { width: 12, height: 18 },
  },
  damaged: {
    changed: faceTree(['Rafd090_01_Caucasian_female_bored_frontal.jpg'], size),
    removed: [ids[1]!],
    problems: [
      { where: 'Rafd090_01_Caucasian_female_bored_frontal.jpg', message: /is not named as RaFD's images are/ },
    ],
    ids: ids.filter((_, i) => i !== 1),
  },
};
