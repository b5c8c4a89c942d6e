/**
 * JAFFE: ten Japanese women pose six expressions and neutral, three or four images of each; 256×256 grey.
 * Names: `KA.AN1.39.tiff` = subject, expression with the number of its repetition, serial number.
 * Source: Lyons et al. 1998, "Coding facial expressions with Gabor wavelets".
 */
import { EXPRESSIONS_7, parseExpression } from '../../labels/index.ts';
import { fileName, indexByName } from './by-name.ts';
import type { DatabaseDefinition } from './database.ts';

const NAME = /^([A-Z]{2})\.(AN|DI|FE|HA|SA|SU|NE)(\d)\.(\d+)\.tiff?$/i;

export const jaffe: DatabaseDefinition = {
  name: 'jaffe',
  title: 'JAFFE',
  summary: 'acted faces of Japanese women, 7 expressions',
  layout: 'images KA.AN1.39.tiff (subject.EXPRESSIONn.serial)',
  licence: 'non-commercial research only, no redistribution; asked for at zenodo.org/record/3451524',
  access: 'https://zenodo.org/record/3451524',
  citation:
    'Lyons, Akamatsu, Kamachi, Gyoba 1998, Coding facial expressions with Gabor wavelets, FG, doi:10.1109/AFGR.1998.670949',
  classes: EXPRESSIONS_7,
  published: {
    images: 213,
    subjects: 10,
    labels: { neutral: 30, happiness: 31, surprise: 30, sadness: 31, anger: 30, disgust: 29, fear: 32 },
    source:
      'images and subjects: Li & Deng 2020, section 3; by class: from memory, confirmed by no source but their sum',
  },
  index: (root, problem) => indexByName(jaffe, root, describe, problem),
};

function describe(path: string) {
  const name = fileName(path);
  if (!/\.tiff?$/i.test(name)) return undefined;
  const match = NAME.exec(name);
  if (!match) return "is not named as JAFFE's images are, KA.AN1.39.tiff";
  const [, subject, expression, repetition, serial] = match;
  return {
    label: parseExpression(expression!),
    subject: subject!.toUpperCase(),
    attributes: { repetition: Number(repetition), serial: Number(serial) },
  };
}
