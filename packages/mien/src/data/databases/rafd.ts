/**
 * RaFD: 67 models pose eight expressions with three directions of gaze before five cameras; colour.
 * Names: `Rafd090_01_Caucasian_female_angry_frontal.jpg` = camera angle, model, group, gender, expression, gaze.
 * Source: Langner et al. 2010, "Presentation and validation of the Radboud Faces Database".
 */
import { isImageName } from '../../files/index.ts';
import { EXPRESSIONS_8, parseExpression } from '../../labels/index.ts';
import { fileName, indexByName } from './by-name.ts';
import type { DatabaseDefinition } from './database.ts';

const NAME =
  /^Rafd(\d{3})_(\d+)_([a-z]+)_([a-z]+)_(angry|contemptuous|disgusted|fearful|happy|neutral|sad|surprised)_(frontal|left|right)\.jpe?g$/i;

export const rafd: DatabaseDefinition = {
  name: 'rafd',
  title: 'RaFD',
  summary: 'acted faces from five angles, 8 expressions, 3 gazes',
  layout: 'images Rafd090_01_Caucasian_female_angry_frontal.jpg (angle, model, group, gender, expression, gaze)',
  licence: 'non-commercial research, after registration at rafd.nl',
  access: 'https://rafd.nl',
  citation:
    'Langner, Dotsch, Bijlstra, Wigboldus, Hawk, van Knippenberg 2010, Presentation and validation of the Radboud Faces Database, Cognition & Emotion 24(8), doi:10.1080/02699930903485076',
  classes: EXPRESSIONS_8,
  published: {
    images: 8040,
    subjects: 67,
    labels: Object.fromEntries(EXPRESSIONS_8.map((name) => [name, 1005])),
    source: "67 models × 8 expressions × 3 gazes × 5 angles; the Li & Deng survey's 1,608 are those of one angle",
  },
  index: (root, problem) => indexByName(rafd, root, describe, problem),
};

function describe(path: string) {
  const name = fileName(path);
  if (!isImageName(name)) return undefined;
  const match = NAME.exec(name);
  if (!match) return "is not named as RaFD's images are, Rafd090_01_Caucasian_female_angry_frontal.jpg";
  const [, angle, model, group, gender, expression, gaze] = match;
  return {
    label: parseExpression(expression!),
    subject: model!,
    attributes: {
      angle: Number(angle),
      group: group!.toLowerCase(),
      gender: gender!.toLowerCase(),
      gaze: gaze!.toLowerCase(),
    },
  };
}
