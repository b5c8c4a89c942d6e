/**
 * AffectNet's first release: `training.csv` and `validation.csv` (in the root or in `Manually_Annotated_file_lists`),
 * columns subDirectory_filePath, face_x, face_y, face_width, face_height, facial_landmarks (68 points as x;y;x;y…),
 * expression, valence and arousal; a table without its header is read too. Images below `Manually_Annotated_Images`.
 * Where they are there, `automatically_annotated.csv` and `Automatically_Annotated_Images` (labels by a network, not by
 * a person) are a split of their own.
 */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { findEntry } from '../../files/index.ts';
import { findColumns, type TableHeader } from '../../tables/index.ts';
import { readTable, type ReadTableOptions } from '../../tables/node.ts';
import { AFFECTNET_POINTS, affectNetLabels, affectNetPoints } from './affectnet-labels.ts';
import type { FaceRecord, LandmarkSets, ProblemSink } from './database.ts';
import { idOf, imagesBelow } from './files.ts';

const COLUMNS = [
  'subDirectory_filePath',
  'face_x',
  'face_y',
  'face_width',
  'face_height',
  'facial_landmarks',
  'expression',
  'valence',
  'arousal',
];
const LANDMARKS = COLUMNS.indexOf('facial_landmarks');
const FIELDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(COLUMNS.map((name) => [name, [name]]));

const TABLES = [
  { split: 'train', file: 'training.csv', lists: 'Manually_Annotated_file_lists', images: 'Manually_Annotated_Images' },
  {
    split: 'validation',
    file: 'validation.csv',
    lists: 'Manually_Annotated_file_lists',
    images: 'Manually_Annotated_Images',
  },
  {
    split: 'automatic',
    file: 'automatically_annotated.csv',
    lists: 'Automatically_annotated_file_list',
    images: 'Automatically_Annotated_Images',
  },
] as const;

/** @returns undefined when no table is there */
export async function indexAffectNet1(root: string, problem: ProblemSink): Promise<FaceRecord[] | undefined> {
  const records: FaceRecord[] = [];
  const imagesOf = new Map<string, Set<string>>();
  let found = false;
  for (const { split, file, lists, images } of TABLES) {
    const table = (await findEntry(root, file)) ?? (await findEntry(join(root, lists), file));
    if (table === undefined) continue;
    found = true;
    const folder = (await findEntry(root, images)) ?? join(root, images);
    if (!imagesOf.has(folder))
      imagesOf.set(folder, new Set((await imagesBelow(folder)).map((path) => join(folder, path))));
    for (const record of await indexTable(root, table, folder, imagesOf.get(folder)!, problem))
      records.push({ ...record, split });
  }
  return found ? records : undefined;
}

/** A table without its header is read too; semicolons stand between the numbers of landmarks. */
const OPTIONS: ReadTableOptions = {
  separators: [','],
  namesWithoutHeader: (fields) => (fields[0] === COLUMNS[0] ? undefined : COLUMNS),
};

async function indexTable(
  root: string,
  table: string,
  folder: string,
  present: ReadonlySet<string>,
  problem: ProblemSink,
): Promise<FaceRecord[]> {
  const records: FaceRecord[] = [];
  const seen = new Set<string>();
  const landmarks = landmarkReader(table);
  await readTable(
    table,
    (header) => {
      const columns = columnsOf(header);
      return (row) => {
        const cells = columns.map((column) => row.text(column));
        const { line } = row;
        const file = join(folder, ...cells[0]!.split('/'));
        const record = parseRow(cells);
        if (typeof record === 'string') problem(`${table}:${line}`, record);
        else if (!present.has(file)) problem(`${table}:${line}`, `lists ${cells[0]!}, which is missing`);
        else if (seen.has(file)) problem(`${table}:${line}`, `lists ${cells[0]!} again`);
        else {
          seen.add(file);
          records.push({ ...record, id: idOf(root, file), image: { file }, landmarks: () => landmarks(line) });
        }
      };
    },
    { ...OPTIONS, onProblem: (line, reason) => problem(`${table}:${line}`, reason) },
  );
  return records;
}

/** The columns by name, in the order of `COLUMNS`. */
function columnsOf(header: TableHeader): number[] {
  const found = findColumns(header, FIELDS, COLUMNS, 'fixed');
  return COLUMNS.map((name) => found[name]!);
}

/** @returns the record without its image, or one line that says what is wrong */
function parseRow(cells: readonly string[]): Omit<FaceRecord, 'id' | 'image'> | string {
  const [, x, y, width, height, , expression, valence, arousal] = cells.map((cell) =>
    cell === '' ? NaN : Number(cell),
  );
  if (!(width! > 0 && height! > 0) || ![x, y].every(Number.isFinite))
    return `face box is "${cells.slice(1, 5).join()}", expected four numbers`;
  const count = cells[LANDMARKS]!.split(';').length;
  if (count !== 2 * AFFECTNET_POINTS) return `facial_landmarks has ${count} numbers, expected ${2 * AFFECTNET_POINTS}`;
  const labels = affectNetLabels(expression!, valence!, arousal!);
  return typeof labels === 'string' ? labels : { ...labels, box: { x: x!, y: y!, width: width!, height: height! } };
}

/**
 * Landmarks by line. The table is read again when the first ones are asked for, so that an index without them stays
 * small.
 */
function landmarkReader(table: string): (line: number) => Promise<LandmarkSets> {
  let points: Promise<Map<number, Float32Array>> | undefined;
  const read = async (): Promise<Map<number, Float32Array>> => {
    const byLine = new Map<number, Float32Array>();
    await readTable(
      table,
      (header) => {
        const column = columnsOf(header)[LANDMARKS]!;
        return (row) => byLine.set(row.line, Float32Array.from(row.text(column).split(';'), Number));
      },
      { ...OPTIONS, onProblem: () => undefined },
    );
    return byLine;
  };
  return async (line) => {
    points ??= read();
    const found = affectNetPoints(Array.from((await points).get(line) ?? []));
    if (!found) throw new InputError(`${table}:${line}`, `facial_landmarks is not ${AFFECTNET_POINTS} points x;y;…`);
    return { [AFFECTNET_POINTS]: found };
  };
}
