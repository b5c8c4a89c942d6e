/**
 * AFEW: clips of films with one of 7 expressions, as EmotiW hands them out: version 7.0 (2017), and 6.0 (2016) and 5.0
 * (2015), which hold other clips. How the earlier ones were packed is not published: they are read in the layout of 7.0.
 * Layout: `Train_AFEW/Angry/000149120.avi`, `Val_AFEW` alike, `Test_AFEW/<id>.avi` flat and unlabelled. Mien decodes no
 * video: the records are frames that were extracted beside it, `Train_AFEW/Angry/000149120/00000001.png` …; where a
 * clip has none there, the owners' aligned faces of it,
 * `Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/000149120/00000001.png` …, are taken if they are there. Source: Dhall et
 * al. 2012, "Collecting large, richly annotated facial-expression databases from movies".
 */
import { basename, join, parse } from 'node:path';
import { InputError } from '../../errors.ts';
import { compareNames, findEntry } from '../../files/index.ts';
import { EXPRESSIONS_7, type Expression } from '../../labels/index.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';
import { EMOTIW_FOLDERS, expressionFolders } from './emotiw-folders.ts';
import { idOf, listIfThere } from './files.ts';

const VIDEO_NAME = /\.(avi|mp4)$/i;
const ALIGNED_FACES = /^AlignedFaces_LBPTOP_Points/i;
const SPLITS = { Train: 'Train_AFEW', Val: 'Val_AFEW', Test: 'Test_AFEW' } as const;
/** By the order of `EMOTIW_FOLDERS`, of version 7.0. Source: the lists of EmotiW 2017. */
const COUNTS = { Train: [133, 74, 81, 150, 144, 117, 74], Val: [64, 40, 46, 63, 63, 61, 46] };

async function index(name: string, root: string, problem: ProblemSink): Promise<Database> {
  const records: FaceRecord[] = [];
  let found = false;
  for (const [split, folderName] of Object.entries(SPLITS)) {
    const folder = await findEntry(root, folderName);
    if (folder === undefined) continue;
    found = true;
    const alignedFaces = await findAlignedFaces(folder);
    const clips = split === 'Test' ? await listClips(folder) : await labelledClips(folder, problem);
    for (const clip of clips) records.push(...(await indexClip(root, split, clip, alignedFaces, problem)));
  }
  if (!found) throw new InputError(root, `holds no AFEW: expected the folders ${Object.values(SPLITS).join(', ')}`);
  return { name, root, classes: EXPRESSIONS_7, records };
}

interface Clip {
  /** Path without extension, which is the folder of its frames too. */
  readonly path: string;
  /** File of the video; undefined where only frames are there. */
  readonly video?: string;
  readonly label?: Expression;
}

async function labelledClips(folder: string, problem: ProblemSink): Promise<Clip[]> {
  const clips = [];
  for (const { folder: parent, label } of await expressionFolders(folder, problem, ALIGNED_FACES)) {
    clips.push(...(await listClips(parent)).map((clip) => ({ ...clip, label })));
  }
  return clips;
}

/** The videos in a folder, and the folders of frames. */
async function listClips(folder: string): Promise<Clip[]> {
  const { files, folders } = await listIfThere(folder);
  const videos = new Map(
    files.filter((name) => VIDEO_NAME.test(name)).map((name) => [parse(name).name, join(folder, name)]),
  );
  const names = [...new Set([...videos.keys(), ...folders.filter((name) => !ALIGNED_FACES.test(name))])].sort(
    compareNames,
  );
  return names.map((name) => ({ path: join(folder, name), ...(videos.has(name) ? { video: videos.get(name)! } : {}) }));
}

async function findAlignedFaces(folder: string): Promise<string | undefined> {
  const name = (await listIfThere(folder)).folders.find((f) => ALIGNED_FACES.test(f));
  return name === undefined ? undefined : findEntry(join(folder, name), 'Faces');
}

async function indexClip(
  root: string,
  split: string,
  clip: Clip,
  alignedFaces: string | undefined,
  problem: ProblemSink,
): Promise<FaceRecord[]> {
  for (const folder of [clip.path, ...(alignedFaces === undefined ? [] : [join(alignedFaces, basename(clip.path))])]) {
    const { images } = await listIfThere(folder);
    if (images.length > 0)
      return images.map((image, frame) => frameRecord(root, split, clip, join(folder, image), frame));
  }
  problem(
    clip.video ?? clip.path,
    clip.video === undefined
      ? 'holds no frames'
      : `has no frames: mkdir -p "${clip.path}" && ffmpeg -i "${clip.video}" "${join(clip.path, '%08d.png')}"`,
  );
  return [];
}

function frameRecord(root: string, split: string, { path, label }: Clip, file: string, frame: number): FaceRecord {
  return {
    id: idOf(root, file),
    image: { file },
    split,
    sequence: idOf(root, path),
    frame,
    ...(label === undefined ? {} : { label }),
  };
}

const countsByClass = (counts: readonly number[]): Record<string, number> =>
  Object.fromEntries(Object.values(EMOTIW_FOLDERS).map((label, i) => [label, counts[i]!]));

const LAYOUT =
  'Train_AFEW/<Expression>/<id>.avi with its frames in <id>/00000001.png …, Val_AFEW alike, Test_AFEW/<id>.avi';

function version(
  name: string,
  number: string,
  layout: string,
  published: DatabaseDefinition['published'],
): DatabaseDefinition {
  return {
    name,
    title: name === 'afew' ? 'AFEW' : `AFEW ${number}`,
    summary: `clips of films (version ${number}), 7 expressions`,
    layout,
    licence: 'given on request for research; not to be passed on',
    access: 'https://sites.google.com/site/emotiwchallenge/',
    citation:
      'Dhall, Goecke, Lucey & Gedeon 2012, Collecting large, richly annotated facial-expression databases from movies, IEEE MultiMedia 19(3)',
    classes: EXPRESSIONS_7,
    published,
    index: (root, problem = throwProblem) => index(name, root, problem),
  };
}

export const afew = version('afew', '7.0', LAYOUT, {
  sequences: 1809,
  splits: { Train: countsByClass(COUNTS.Train), Val: countsByClass(COUNTS.Val), Test: 653 },
  source: 'the lists of EmotiW 2017; Test has no labels',
});

const AS_THE_LATEST = `${LAYOUT}, as in version 7.0`;
export const afew6 = version('afew-6', '6.0', AS_THE_LATEST, {
  sequences: 1749,
  splits: { Train: 773, Val: 383, Test: 593 },
  source: 'Li & Deng 2020 (arXiv:1804.08348), Table 5; one of its two rows has 774 to train; Test has no labels',
});
export const afew5 = version('afew-5', '5.0', AS_THE_LATEST, {
  sequences: 1645,
  splits: { Train: 723, Val: 383, Test: 539 },
  source: 'Li & Deng 2020 (arXiv:1804.08348), Table 5; Test has no labels',
});
