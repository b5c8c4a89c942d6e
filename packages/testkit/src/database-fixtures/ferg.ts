/** FERG in miniature: all six characters, aia with every expression. */
import type { DatabaseCase } from './case.ts';
import { drawFace, type Tree } from './draw.ts';

const ROOT = 'FERG_DB_256';
const EXPRESSIONS = {
  anger: 'anger',
  disgust: 'disgust',
  fear: 'fear',
  joy: 'happiness',
  neutral: 'neutral',
  sadness: 'sadness',
  surprise: 'surprise',
};
const image = (seed: number) => drawFace({ width: 256, height: 256, channels: 3, seed });
const path = (character: string, expression: string, n: number): string =>
  `${ROOT}/${character}/${character}_${expression}/${character}_${expression}_${n}.png`;

/** 2 before 10: numbers are not compared as text. */
const AIA = Object.keys(EXPRESSIONS).flatMap((name) =>
  (name === 'joy' ? [2, 10] : [1]).map((n) => ({ id: path('aia', name, n), label: EXPRESSIONS[name as 'joy'] })),
);
const OTHERS = ['bonnie', 'jules', 'malcolm', 'mery', 'ray'].map((character) => ({
  id: path(character, 'sadness', 1),
  label: 'sadness',
}));
const RECORDS = [...AIA, ...OTHERS];

const tree: Tree = {
  ...Object.fromEntries(RECORDS.map(({ id }, i) => [id, image(i)])),
  [`${ROOT}/.DS_Store`]: 'x',
  [`${ROOT}/README.txt`]: 'Facial Expression Research Group database',
  [`${ROOT}/aia/aia_joy/Thumbs.db`]: 'x',
};

export const fergCase: DatabaseCase = {
  name: 'ferg',
  tree,
  expected: {
    ids: RECORDS.map(({ id }) => id),
    labels: RECORDS.map(({ label }) => label),
    subjects: 6,
    sequences: 0,
    records: { [path('aia', 'joy', 2)]: { subject: 'aia' }, [path('ray', 'sadness', 1)]: { subject: 'ray' } },
    image: { width: 256, height: 256 },
  },
  damaged: {
    changed: {
      [`${ROOT}/ray/ray_bored/ray_bored_1.png`]: image(40),
      [`${ROOT}/aia/aia_anger/bonnie_anger_7.png`]: image(41),
    },
    removed: [`${ROOT}/mery`],
    problems: [
      { where: `${ROOT}/ray/ray_bored`, message: /not an expression of ray, expected ray_ and one of anger/ },
      { where: `${ROOT}/aia/aia_anger/bonnie_anger_7.png`, message: /not an image of aia_anger/ },
    ],
    ids: RECORDS.map(({ id }) => id).filter((id) => !id.includes('/mery/')),
  },
};
