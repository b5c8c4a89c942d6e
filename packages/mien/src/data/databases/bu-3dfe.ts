/**
 * BU-3DFE: 100 people pose six expressions in four levels and neutral; a texture image (the record) and a 3-D model of
 * each. Names: `F0001/F0001_AN01WH_F2D.bmp` = subject, expression, level 01–04 (neutral: NE00), two letters of the
 * race. Beside it, given as attributes where they are there: the model `…_F3D.wrl`, and `…_F3D.bnd` with 83 points on
 * it. Those points are in the model's coordinates, not in pixels of the image, so that they are not landmarks here.
 * Source: Yin et al. 2006, "A 3D facial expression database for facial behavior research".
 */
import { join } from 'node:path';
import { EXPRESSIONS_7, parseExpression } from '../../labels/index.ts';
import { databaseOf, fileName } from './by-name.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { walkFiles } from './files.ts';

const IMAGE = /_F2D\.bmp$/i;
const NAME = /^([FM])(\d{4})_(AN|DI|FE|HA|SA|SU|NE)(\d{2})([A-Z]{2})_F2D\.bmp$/i;
const LEVELS = 4;

export const bu3dfe: DatabaseDefinition = {
  name: 'bu-3dfe',
  title: 'BU-3DFE',
  summary: 'acted faces with 3-D models, 7 expressions, 4 levels',
  layout: 'images F0001/F0001_AN01WH_F2D.bmp (subject, expression, level, race), with models …_F3D.wrl beside them',
  licence: 'non-profit research only, by agreement with Binghamton University',
  access: 'http://www.cs.binghamton.edu/~lijun/Research/3DFE/3DFE_Analysis.html',
  citation:
    'Yin, Wei, Sun, Wang, Rosato 2006, A 3D facial expression database for facial behavior research, FG, doi:10.1109/FGR.2006.6',
  classes: EXPRESSIONS_7,
  published: {
    images: 2500,
    subjects: 100,
    labels: { neutral: 100, happiness: 400, surprise: 400, sadness: 400, anger: 400, disgust: 400, fear: 400 },
    source:
      "100 people × (6 expressions × 4 levels + neutral); the Li & Deng survey's text says 606 sequences, which is BU-4DFE",
  },
  index: indexBu3dfe,
};

async function indexBu3dfe(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const images: string[] = [];
  /** By name in lower case: extensions come in both. */
  const others = new Map<string, string>();
  for await (const path of walkFiles(root)) {
    if (IMAGE.test(path)) images.push(path);
    else if (/\.(wrl|bnd)$/i.test(path)) others.set(path.toLowerCase(), path);
  }
  const records: FaceRecord[] = [];
  for (const path of images) {
    const described = describe(path);
    if (typeof described === 'string') {
      problem(join(root, path), described);
      continue;
    }
    const beside = (ending: string): string | undefined => others.get(path.replace(IMAGE, ending).toLowerCase());
    const [model, points] = [beside('_F3D.wrl'), beside('_F3D.bnd')];
    records.push({
      id: path,
      image: { file: join(root, path) },
      ...described,
      attributes: {
        ...described.attributes,
        ...(model !== undefined && { model }),
        ...(points !== undefined && { points }),
      },
    });
  }
  return databaseOf(bu3dfe, root, records);
}

function describe(path: string): Pick<FaceRecord, 'label' | 'subject' | 'attributes'> | string {
  const match = NAME.exec(fileName(path));
  if (!match) return "is not named as BU-3DFE's images are, F0001_AN01WH_F2D.bmp";
  const [sex, number, expression, digits, race] = match.slice(1).map((part) => part.toUpperCase());
  const [label, level] = [parseExpression(expression!), Number(digits)];
  if (level > LEVELS || (level === 0) !== (label === 'neutral'))
    return `has level ${digits} of ${label}, expected ${label === 'neutral' ? '00' : '01 to 04'}`;
  const subject = `${sex}${number}`;
  const folder = path.split('/').at(-2);
  if (folder !== undefined && /^[FM]\d{4}$/i.test(folder) && folder.toUpperCase() !== subject)
    return `stands in the folder of ${folder.toUpperCase()}`;
  return { label, subject, attributes: { sex: sex === 'F' ? 'female' : 'male', level, race: race! } };
}
