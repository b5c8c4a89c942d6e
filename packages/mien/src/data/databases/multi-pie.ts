/**
 * CMU Multi-PIE: 337 people in up to four sessions, before 15 cameras under 19 illuminations; 640×480 colour.
 * Names: `data/session01/multiview/001/01/05_1/001_01_01_051_07.png` = subject, session, recording, camera,
 * illumination. What a recording shows follows from the session; squint and scream are classes of their own, a smile is
 * happiness. The folder `highres` beside `multiview` holds other photographs and is left out.
 * Source: Gross et al. 2010, "Multi-PIE".
 */
import { join } from 'node:path';
import { isImageName } from '../../files/index.ts';
import { databaseOf } from './by-name.ts';
import { throwProblem, type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink } from './database.ts';
import { walkFolders } from './files.ts';
import { findLandmarkFiles, readGenders, readPts } from './multi-pie-labels.ts';

const CLASSES = ['neutral', 'happiness', 'surprise', 'disgust', 'squint', 'scream'] as const;

/** Class by session and recording, each from 1. */
const SHOWN: Readonly<Record<string, readonly (typeof CLASSES)[number][]>> = {
  '01': ['neutral', 'happiness'],
  '02': ['neutral', 'surprise', 'squint'],
  '03': ['neutral', 'happiness', 'disgust'],
  '04': ['neutral', 'scream', 'neutral'],
};

/** Session, subject, recording, camera. */
const FOLDER = /(?:^|\/)session(\d{2})\/multiview\/(\d{3})\/(\d{2})\/(\d{2}_\d)$/i;
const NAME = /^(\d{3})_(\d{2})_(\d{2})_(\d{3})_(\d{2})\.(png|jpe?g)$/i;

export const multiPie: DatabaseDefinition = {
  name: 'multi-pie',
  title: 'Multi-PIE',
  summary: 'acted faces from 15 views in 19 lights, 6 expressions',
  layout:
    'data/session01/multiview/001/01/05_1/001_01_01_051_07.png (subject, session, recording, camera, illumination), MPie_Labels and meta beside data',
  licence: 'research and development inside the institution that bought it from Carnegie Mellon University',
  access: 'http://www.flintbox.com/public/project/4742/',
  citation:
    'Gross, Matthews, Cohn, Kanade, Baker 2010, Multi-PIE, Image and Vision Computing 28(5), doi:10.1016/j.imavis.2009.08.002',
  classes: CLASSES,
  published: {
    images: 755370,
    subjects: 337,
    source: 'Li & Deng survey, table 2; not every person came to every session',
  },
  index: indexMultiPie,
};

async function indexMultiPie(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const [landmarkFiles, genders] = [await findLandmarkFiles(root), await readGenders(root, problem)];
  const records: FaceRecord[] = [];
  for await (const { path, files } of walkFolders(root)) {
    const match = FOLDER.exec(path);
    if (!match) continue;
    const [session, subject, recording, camera] = match.slice(1) as [string, string, string, string];
    const label = SHOWN[session]?.[Number(recording) - 1];
    if (label === undefined) {
      problem(join(root, path), `session ${session} has no recording ${recording}`);
      continue;
    }
    const stem = `${subject}_${session}_${recording}_${camera.replace('_', '')}`;
    const gender = genders.get(subject);
    for (const name of files.filter(isImageName)) {
      const file = join(root, path, name);
      const illumination = NAME.exec(name)?.[5];
      if (illumination === undefined || !name.startsWith(stem)) {
        problem(file, `is not named as its folder says, ${stem}_NN.png`);
        continue;
      }
      const points = landmarkFiles.get(name.slice(0, stem.length + 3));
      records.push({
        id: `${path}/${name}`,
        image: { file },
        label,
        subject,
        ...(points !== undefined && { landmarks: () => readPts(points) }),
        attributes: {
          session: Number(session),
          recording: Number(recording),
          camera,
          illumination: Number(illumination),
          ...(gender !== undefined && { gender }),
        },
      });
    }
  }
  return databaseOf(multiPie, root, records);
}
