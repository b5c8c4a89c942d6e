/**
 * A manifest: any image files with labels or label distributions, listed in a table (CSV or JSON); what `mien crowd
 * partition` writes. Each image is resized as a whole to the format asked for: they should be faces cut out about
 * square, as FER2013 frames them.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { InputError } from '../errors.ts';
import { findEntry, isFolder } from '../files/index.ts';
import { decodeImage } from '../image/node.ts';
import { EXPRESSIONS_7, EXPRESSIONS_8 } from '../labels/index.ts';
import { readTable } from '../tables/node.ts';
import {
  type Database,
  type FaceRecord,
  type FaceSource,
  type IndexOptions,
  type ProblemSink,
  throwProblem,
} from './databases/index.ts';
import { readLandmarkFile } from './landmark-file.ts';
import { type ManifestEntry, type ManifestReader, openManifest } from './manifest-columns.ts';
import { sourceAsDataset } from './record-dataset.ts';
import { isBare } from './record-targets.ts';

const FILE_NAMES = ['manifest.jsonl', 'manifest.csv', 'manifest.json', 'manifest.tsv'];

/** The file itself, or the manifest in the folder. @throws {InputError} when there is none */
async function locateManifest(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const file = await findEntry(path, ...FILE_NAMES);
  if (file === undefined) throw new InputError(path, `holds no ${FILE_NAMES.join(', ')}`);
  return file;
}

async function indexManifest(
  path: string,
  problem: ProblemSink = throwProblem,
  options: IndexOptions = {},
): Promise<Database> {
  const file = await locateManifest(path);
  const records: FaceRecord[] = [];
  let reader: ManifestReader | undefined;
  let unlabelled = 0;
  await readTable(
    file,
    (header) => {
      reader = openManifest(header, options);
      return (row) => {
        const entry = reader!.read(row);
        if (typeof entry === 'string') return problem(`${file}:${row.line}`, entry);
        if (isBare(entry)) unlabelled++;
        records.push(recordOf(file, row.line, entry));
      };
    },
    { onProblem: (line, reason) => problem(`${file}:${line}`, reason) },
  );
  if (records.length === 0) throw new InputError(file, 'lists no images');
  const hasContempt = records.some(
    ({ label, labelDistribution }) => label === 'contempt' || labelDistribution?.['contempt'] !== undefined,
  );
  return {
    name: 'manifest',
    root: file,
    classes: hasContempt ? EXPRESSIONS_8 : EXPRESSIONS_7,
    records,
    notes: [
      ...(reader!.unused.length > 0 ? [`columns that are not read: ${reader!.unused.join(', ')}`] : []),
      ...(unlabelled > 0
        ? [`${unlabelled} ${unlabelled === 1 ? 'image has' : 'images have'} neither label nor distribution`]
        : []),
    ],
  };
}

function recordOf(file: string, line: number, { image, landmarks, ...entry }: ManifestEntry): FaceRecord {
  return {
    ...entry,
    id: image,
    ...(landmarks === undefined
      ? {}
      : {
          landmarks: async () => {
            const points = typeof landmarks === 'string' ? await readLandmarkFile(pathOf(file, landmarks)) : landmarks;
            return { [points.length]: points };
          },
        }),
    image: {
      read: async () => {
        try {
          return await decodeImage(pathOf(file, image));
        } catch (cause) {
          throw cause instanceof InputError ? new InputError(`${file}:${line}`, cause.message, { cause }) : cause;
        }
      },
    },
  };
}

/** A path from the manifest's folder; one that was written on Windows too. */
function pathOf(file: string, image: string): string {
  const path = isAbsolute(image) ? image : join(dirname(file), image);
  return image.includes('\\') && !existsSync(path) ? pathOf(file, image.replaceAll('\\', '/')) : path;
}

/** Images that tell nothing to learn are left out of training. */
const sampleOf = (record: FaceRecord, use: 'train' | 'evaluate'): FaceRecord | undefined =>
  use === 'train' && isBare(record) ? undefined : record;

/** Any images that a table lists. */
export const manifestSource = {
  name: 'manifest',
  layout:
    'a list of images, CSV (image,split,label and, or, a column for each expression, AU01 …, valence, arousal, landmarks, mesh, subject, sequence, frame) or JSON; or the folder that holds manifest.jsonl or manifest.csv',
  licence: 'your own images and labels: their terms are yours to state',
  takes: ['columns', 'codes'] as const,
  index: indexManifest,
  sampleOf,
} satisfies FaceSource & { readonly licence: string };

export const manifest = sourceAsDataset(manifestSource);
