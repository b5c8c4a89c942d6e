/**
 * Oulu-CASIA NIR&VIS: 80 people pose six expressions before a camera of visible light (VL) and one of near infrared
 * (NI), under strong, weak and dark light. Sequences from neutral to the peak, in folders
 * `OriginalImg/{VL,NI}/{Strong,Weak,Dark}/P001/Anger/000.jpeg`. Any folders may stand above VL and NI; where some of
 * them are called original, the others (cropped copies of the same images) are left out.
 * Source: Zhao et al. 2011, "Facial expression recognition from near-infrared videos"; use: Li & Deng's survey, section
 * 3.
 */
import { join } from 'node:path';
import { EXPRESSIONS_6 } from '../../labels/index.ts';
import { databaseOf } from './by-name.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { inOrderOfTime, joinId, walkFolders } from './files.ts';

/** Camera, light, subject, expression. */
const SEQUENCE = /(?:^|\/)(VL|NI)\/(Strong|Weak|Dark)\/(P\d{3})\/([^/]+)$/i;

export const ouluCasia: DatabaseDefinition = {
  name: 'oulu-casia',
  title: 'Oulu-CASIA',
  summary: 'acted sequences from neutral to peak, 6 expressions, visible and infrared light',
  layout: 'OriginalImg/{VL,NI}/{Strong,Weak,Dark}/P001/Anger/000.jpeg',
  licence: 'research only, by agreement with the University of Oulu',
  access: 'http://www.cse.oulu.fi/CMV/Downloads/Oulu-CASIA',
  citation:
    'Zhao, Huang, Taini, Li, Pietikäinen 2011, Facial expression recognition from near-infrared videos, Image and Vision Computing 29(9), doi:10.1016/j.imavis.2011.07.002',
  classes: EXPRESSIONS_6,
  published: {
    sequences: 2880,
    subjects: 80,
    labels: Object.fromEntries(EXPRESSIONS_6.map((name) => [name, 480])),
    source:
      'Li & Deng survey, section 3: 80 people × 6 expressions × 2 cameras × 3 lights; most papers use the 480 of VL in strong light',
  },
  index: indexOuluCasia,
};

async function indexOuluCasia(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const sequences: { path: string; match: RegExpExecArray; files: readonly string[] }[] = [];
  for await (const { path, files } of walkFolders(root)) {
    const match = SEQUENCE.exec(path);
    if (match) sequences.push({ path, match, files });
  }
  const originals = sequences.filter(({ path }) => /original/i.test(path));
  const records: FaceRecord[] = [];
  for (const { path, match, files } of originals.length > 0 ? originals : sequences) {
    const [camera, light, subject, expression] = match.slice(1) as [string, string, string, string];
    const label = EXPRESSIONS_6.find((name) => name === expression.toLowerCase());
    const frames = inOrderOfTime(files);
    if (label === undefined)
      problem(join(root, path), `is not an expression of Oulu-CASIA, expected one of ${EXPRESSIONS_6.join(', ')}`);
    else if (frames.length === 0) problem(join(root, path), 'holds no frames');
    else
      records.push(
        ...frames.map((name, frame) => ({
          id: joinId(path, name),
          image: { file: join(root, path, name) },
          label,
          subject: subject.toUpperCase(),
          sequence: path,
          frame,
          attributes: { camera: camera.toUpperCase(), illumination: light.toLowerCase() },
        })),
      );
  }
  return databaseOf(ouluCasia, root, records);
}
