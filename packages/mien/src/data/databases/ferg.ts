/**
 * FERG: 55,767 rendered faces of six cartoon characters with one of 7 expressions, 256×256.
 * Layout: `FERG_DB_256/<character>/<character>_<expression>/<character>_<expression>_<n>.png`, the expressions anger,
 * disgust, fear, joy, neutral, sadness and surprise. Characters of other names in this layout, such as those of
 * `mien synth`, are read as well; what that one wrote also has landmarks, in its manifest.jsonl.
 * Source: Aneja et al. 2016, "Modeling stylized character expressions via deep learning"; counts: the README of the
 * database.
 */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { InputError } from '../../errors.ts';
import { findEntry } from '../../files/index.ts';
import { openInput } from '../../files/open-input.ts';
import type { Point2 } from '../../image/raw-image.ts';
import { EXPRESSIONS_7, type Expression } from '../../labels/index.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';
import { idOf, listIfThere } from './files.ts';

/** The owners' names, in the order of the README's table. */
const EXPRESSION_OF_NAME: Readonly<Record<string, Expression>> = {
  anger: 'anger',
  disgust: 'disgust',
  fear: 'fear',
  joy: 'happiness',
  neutral: 'neutral',
  sadness: 'sadness',
  surprise: 'surprise',
};
const COUNTS = {
  aia: [1644, 1596, 1116, 1232, 1200, 1469, 1746],
  bonnie: [2059, 2088, 1255, 1438, 1243, 1506, 1682],
  jules: [1479, 1321, 1858, 1317, 1344, 1475, 1961],
  malcolm: [1100, 1190, 1018, 1089, 1083, 1034, 1065],
  mery: [1428, 911, 1035, 1140, 941, 1045, 1058],
  ray: [1459, 1465, 1137, 1114, 1128, 1098, 1200],
} as const;
const EXPRESSIONS = Object.values(EXPRESSION_OF_NAME);
const CHARACTERS = Object.keys(COUNTS);

async function index(path: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const root = (await findEntry(path, 'FERG_DB_256')) ?? path;
  const { folders } = await listIfThere(root);
  const characters: string[] = [];
  for (const name of folders)
    if (CHARACTERS.includes(name) || (await isCharacter(join(root, name), name))) characters.push(name);
  if (characters.length === 0)
    throw new InputError(path, `holds no FERG: expected FERG_DB_256, or the folders ${CHARACTERS.join(', ')}`);
  const records: FaceRecord[] = [];
  for (const character of characters)
    records.push(...(await indexCharacter(path, join(root, character), character, problem)));
  const manifest = await findEntry(path, MANIFEST);
  if (manifest !== undefined) await addLandmarks(records, manifest);
  return { name: ferg.name, root: path, classes: EXPRESSIONS_7, records };
}

/** What `mien synth` writes beside FERG's root: a line of JSON for each image. */
const MANIFEST = 'manifest.jsonl';

/** Landmarks are read from the manifest when the first are asked for. */
async function addLandmarks(records: FaceRecord[], manifest: string): Promise<void> {
  if (!(await isSynthManifest(manifest))) return;
  let reading: Promise<ReadonlyMap<string, readonly Point2[]>> | undefined;
  records.forEach((record, i) => {
    records[i] = {
      ...record,
      landmarks: async () => {
        const points = (await (reading ??= readLandmarks(manifest))).get(record.id);
        return points === undefined ? {} : { [points.length]: points };
      },
    };
  });
}

/** Its first line has an image in FERG's layout, and its landmarks. */
async function isSynthManifest(manifest: string): Promise<boolean> {
  for await (const { image, landmarks } of rowsOf(manifest)) return image !== undefined && landmarks !== undefined;
  return false;
}

async function readLandmarks(manifest: string): Promise<ReadonlyMap<string, readonly Point2[]>> {
  const found = new Map<string, readonly Point2[]>();
  for await (const { image, landmarks } of rowsOf(manifest)) if (image && landmarks) found.set(image, landmarks);
  return found;
}

interface ManifestLine {
  readonly image?: string;
  readonly landmarks?: readonly Point2[];
}

async function* rowsOf(manifest: string): AsyncGenerator<ManifestLine> {
  for await (const line of createInterface({ input: openInput(manifest), crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch (cause) {
      throw new InputError(manifest, 'expected a line of JSON for each image', { cause });
    }
    if (typeof row !== 'object' || row === null) continue;
    const { image, landmarks } = row as Record<string, unknown>;
    yield {
      ...(typeof image === 'string' ? { image } : {}),
      ...(isPoints(landmarks) ? { landmarks } : {}),
    };
  }
}

const isPoints = (value: unknown): value is readonly Point2[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((p) => Array.isArray(p) && p.length === 2 && p.every((v) => Number.isFinite(v)));

/** Whether a folder has the folder of an expression of a character of its name. */
async function isCharacter(folder: string, name: string): Promise<boolean> {
  const { folders } = await listIfThere(folder);
  return Object.keys(EXPRESSION_OF_NAME).some((expression) => folders.includes(`${name}_${expression}`));
}

async function indexCharacter(
  root: string,
  folder: string,
  character: string,
  problem: ProblemSink,
): Promise<FaceRecord[]> {
  const records: FaceRecord[] = [];
  const { folders } = await listIfThere(folder);
  for (const name of folders) {
    const where = join(folder, name);
    const label = name.startsWith(`${character}_`) ? EXPRESSION_OF_NAME[name.slice(character.length + 1)] : undefined;
    if (label === undefined) {
      problem(
        where,
        `is not an expression of ${character}, expected ${character}_ and one of ${Object.keys(EXPRESSION_OF_NAME).join(', ')}`,
      );
      continue;
    }
    for (const image of (await listIfThere(where)).images) {
      const file = join(where, image);
      if (!image.startsWith(`${name}_`)) problem(file, `is not an image of ${name}, expected ${name}_<n>.png`);
      else records.push({ id: idOf(root, file), image: { file }, label, subject: character });
    }
  }
  return records;
}

export const ferg: DatabaseDefinition = {
  name: 'ferg',
  title: 'FERG',
  summary: 'six rendered cartoon characters, 7 expressions',
  layout: 'FERG_DB_256/<character>/<character>_<expression>/<character>_<expression>_<n>.png',
  licence: 'given on request for research; not to be passed on',
  access: 'http://grail.cs.washington.edu/projects/deepexpr/ferg-db.html',
  citation:
    'Aneja, Colburn, Faigin, Shapiro & Mones 2016, Modeling stylized character expressions via deep learning, ACCV',
  classes: EXPRESSIONS_7,
  published: {
    images: 55_767,
    subjects: 6,
    labels: Object.fromEntries(
      EXPRESSIONS.map((label, i) => [label, Object.values(COUNTS).reduce((sum, row) => sum + row[i]!, 0)]),
    ),
    bySubject: Object.fromEntries(
      Object.entries(COUNTS).map(([name, row]) => [
        name,
        Object.fromEntries(EXPRESSIONS.map((label, i) => [label, row[i]!])),
      ]),
    ),
    source: "the database's README",
  },
  index,
};
