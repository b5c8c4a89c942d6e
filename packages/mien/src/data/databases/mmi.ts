/**
 * MMI: sequences from neutral over the peak to neutral again, 720×576 colour; videos, which are not decoded here. A
 * session `Sessions/<n>/` holds `session.xml` (the view), `S001-001.avi` (subject and clip), `S001-001.xml` (the
 * expression) and, for some, `S001-001-oao_aucs.xml` (action units by frame). Its frames are the images of a folder
 * `S001-001` beside the video, all of them; where a labelled session lacks that folder, the problem says with which
 * command to make it. Views: 0 frontal, 1 profile, 2 dual: both in one frame. The files do not say which half is which,
 * so that a dual frame has no box.
 * Source: Valstar & Pantic 2010; the forms of the files as public loaders read them. MMI's single photographs are left
 * out.
 */
import { join } from 'node:path';
import { EXPRESSIONS_6 } from '../../labels/index.ts';
import { attempt } from './attempt.ts';
import { nothingOf } from './by-name.ts';
import {
  throwProblem,
  type ActionUnit,
  type Database,
  type DatabaseDefinition,
  type FaceRecord,
  type ProblemSink,
} from './database.ts';
import { findFolder, inOrderOfTime, joinId, listIfThere, listNames, type Folder } from './files.ts';
import { readActionUnitTracks, readClip, readViews, type View } from './mmi-files.ts';

const CLIP = /^(S\d+)-\d+$/i;
/** Folders from the root to Sessions, at most. */
const SEARCH_DEPTH = 2;

export const mmi: DatabaseDefinition = {
  name: 'mmi',
  title: 'MMI',
  summary: 'acted sequences from neutral over the peak and back, 6 expressions, action units',
  layout: 'Sessions/<n>/ with session.xml, S001-001.xml, S001-001.avi and its frames S001-001/00001.png',
  licence: 'research only, by agreement, at mmifacedb.eu',
  access: 'https://mmifacedb.eu/',
  citation:
    'Valstar, Pantic 2010, Induced disgust, happiness and surprise: an addition to the MMI facial expression database, LREC workshop EMOTION',
  classes: EXPRESSIONS_6,
  published: {
    sequences: 326,
    subjects: 32,
    source:
      'Li & Deng survey, section 3, which counts 213 with an expression, 205 of them frontal; the database grew since, and papers use 205 to 213',
  },
  index: indexMmi,
};

async function indexMmi(root: string, problem: ProblemSink = throwProblem): Promise<Database> {
  const sessions = await findFolder(root, 'Sessions', SEARCH_DEPTH);
  if (sessions === undefined) throw nothingOf(mmi, root);
  const records: FaceRecord[] = [];
  let clipCount = 0;
  for (const session of (await listNames(join(root, sessions))).folders) {
    const path = joinId(sessions, session);
    const listing = await listNames(join(root, path));
    const clips = clipsOf(listing);
    clipCount += clips.length;
    if (clips.length === 0) continue;
    const viewOf = await attempt(problem, () => readViews(join(root, path, 'session.xml')));
    if (!viewOf) continue;
    for (const clip of clips) records.push(...(await readSequence(root, path, clip, viewOf(clip), listing, problem)));
  }
  // A copy whose frames are yet to be extracted is one all the same.
  if (clipCount === 0) throw nothingOf(mmi, root);
  return { name: mmi.name, root, classes: EXPRESSIONS_6, records };
}

/** Names of the clips of a session, S001-001, by its videos and descriptions. */
function clipsOf({ files }: Folder): string[] {
  const stems = files.filter((name) => /\.(avi|xml)$/i.test(name)).map((name) => name.replace(/\.\w+$/, ''));
  return [...new Set(stems.filter((stem) => CLIP.test(stem)))];
}

async function readSequence(
  root: string,
  path: string,
  clip: string,
  view: View,
  { files }: Folder,
  problem: ProblemSink,
): Promise<FaceRecord[]> {
  const fileNamed = (name: string): string | undefined =>
    files.find((file) => file.toLowerCase() === name.toLowerCase());
  const read = async <T>(name: string, reader: (file: string) => Promise<T>): Promise<T | undefined> => {
    const file = fileNamed(name);
    return file === undefined ? undefined : attempt(problem, () => reader(join(root, path, file)));
  };
  const described = await read(`${clip}.xml`, readClip);
  const tracks = await read(`${clip}-oao_aucs.xml`, readActionUnitTracks);
  const sequence = joinId(path, clip);
  const frames = inOrderOfTime((await listIfThere(join(root, sequence))).files);
  if (frames.length === 0 && described?.label !== undefined)
    problem(join(root, path), missingFrames(join(root, sequence)));
  return frames.map((name, frame) => {
    const actionUnits: ActionUnit[] | undefined = tracks
      ?.filter((track) => track.isActive(frame + 1))
      .map(({ unit }) => ({ unit }));
    return {
      id: joinId(sequence, name),
      image: { file: join(root, sequence, name) },
      ...(described?.label !== undefined && { label: described.label }),
      subject: CLIP.exec(clip)![1]!.toUpperCase(),
      sequence,
      frame,
      ...(actionUnits && { actionUnits }),
      attributes: { view, ...(described?.otherEmotion !== undefined && { emotion: described.otherEmotion }) },
    };
  });
}

const missingFrames = (folder: string): string =>
  `has no frames, and Mien does not decode videos; extract them by: mkdir -p '${folder}' && ffmpeg -i '${folder}.avi' '${folder}/%05d.png'`;
