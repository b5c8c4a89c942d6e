/**
 * KDEF: 70 actors pose six expressions and neutral in two sessions before five cameras; 562×762 colour.
 * Names: `AF01ANFL.JPG` = session A or B, sex F or M, number 01–35, expression AF AN DI HA NE SA SU (AF = afraid),
 * angle FL HL S HR FR (full left, half left, straight, half right, full right).
 * A person is the sex with the number: AF01 and BF01 are one person, AF01 and AM01 two.
 * Source: Lundqvist, Flykt & Öhman 1998, the CD-ROM's text.
 */
import { isImageName } from '../../files/index.ts';
import { EXPRESSIONS_7, parseExpression, type Expression } from '../../labels/index.ts';
import { fileName, indexByName } from './by-name.ts';
import type { DatabaseDefinition } from './database.ts';

const NAME = /^([AB])([FM])(\d{2})(AF|AN|DI|HA|NE|SA|SU)(FL|HL|S|HR|FR)\.jpe?g$/i;

export const kdef: DatabaseDefinition = {
  name: 'kdef',
  title: 'KDEF',
  summary: 'acted faces from five angles, 7 expressions',
  layout: 'images KDEF/AF01/AF01ANFL.JPG (session, sex, number, expression, angle)',
  licence: 'non-commercial research, free of charge, after registration at kdef.se',
  access: 'https://kdef.se',
  citation:
    'Lundqvist, Flykt, Öhman 1998, The Karolinska Directed Emotional Faces – KDEF, CD ROM, Karolinska Institutet, ISBN 91-630-7164-9',
  classes: EXPRESSIONS_7,
  published: {
    images: 4900,
    subjects: 70,
    labels: Object.fromEntries(EXPRESSIONS_7.map((name) => [name, 700])),
    source: 'the official text: 70 people × 7 expressions × 5 angles × 2 sessions',
  },
  index: (root, problem) => indexByName(kdef, root, describe, problem),
};

function describe(path: string) {
  const name = fileName(path);
  if (!isImageName(name)) return undefined;
  const match = NAME.exec(name);
  if (!match) return "is not named as KDEF's images are, AF01ANFL.JPG";
  const [session, sex, number, expression, angle] = match.slice(1).map((part) => part.toUpperCase());
  return {
    label: expressionOf(expression!),
    subject: `${sex}${number}`,
    attributes: { session: session!, sex: sex === 'F' ? 'female' : 'male', angle: angle! },
  };
}

const expressionOf = (code: string): Expression => (code === 'AF' ? 'fear' : parseExpression(code));
