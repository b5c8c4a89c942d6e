/**
 * FER2013 as folders of images: `<split>/<expression>/<image>`, the split named as in the CSV or as in the
 * common copies: `train` is Training, `val`, `valid` and `validation` are PublicTest. A folder `test` of these
 * copies holds PublicTest and PrivateTest together, so it stays a split of its own.
 */
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { Walker } from '../files/index.ts';
import { decodeImage } from '../image/node.ts';
import { EXPRESSIONS_7, type Expression, parseExpression } from '../labels/index.ts';
import type { LabelledImages } from './dataset.ts';
import { FER2013_SIDE } from './fer2013-csv.ts';
import { ImageTableBuilder } from './image-table.ts';

const SPLIT_OF_FOLDER: Readonly<Record<string, string>> = {
  training: 'Training',
  train: 'Training',
  publictest: 'PublicTest',
  val: 'PublicTest',
  valid: 'PublicTest',
  validation: 'PublicTest',
  privatetest: 'PrivateTest',
  test: 'test',
};

/** The folders among `entries` that are splits. */
export function fer2013FolderSplits(entries: readonly string[]): { folder: string; split: string }[] {
  return entries
    .map((folder) => ({ folder, split: SPLIT_OF_FOLDER[folder.toLowerCase()] }))
    .filter((entry): entry is { folder: string; split: string } => entry.split !== undefined);
}

export interface Fer2013Image {
  readonly split: string;
  readonly expression: Expression;
  readonly file: string;
}

/**
 * Every image below the root, by split, expression and name.
 * @param reject called with what is wrong with a folder; may throw
 */
export async function listFer2013Images(root: string, reject: (where: string, message: string) => void): Promise<Fer2013Image[]> {
  const images: Fer2013Image[] = [];
  const walker = new Walker();
  for (const { folder, split } of fer2013FolderSplits((await walker.list(root)).folders)) {
    for (const name of (await walker.list(join(root, folder))).folders) {
      const where = join(root, folder, name);
      const expression = expressionOf(name);
      if (expression === undefined) {
        reject(where, `"${name}" is no expression of FER2013, expected ${EXPRESSIONS_7.join(', ')}`);
        continue;
      }
      images.push(...(await walker.list(where)).files.map((image) => ({ split, expression, file: join(where, image) })));
    }
  }
  return images;
}

function expressionOf(folder: string): Expression | undefined {
  try {
    const expression = parseExpression(folder);
    return (EXPRESSIONS_7 as readonly Expression[]).includes(expression) ? expression : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The grey pixels of one image.
 * @throws {InputError} when it is no image, or not 48×48
 */
export async function readFer2013Image(file: string): Promise<Uint8Array> {
  const { width, height, data } = await decodeImage(file, { channels: 1 });
  if (width !== FER2013_SIDE || height !== FER2013_SIDE) {
    throw new InputError(file, `is ${width}×${height}, expected ${FER2013_SIDE}×${FER2013_SIDE}`);
  }
  return data;
}

/**
 * @returns the splits that the folders hold, labels in the order of `EXPRESSIONS_7`
 * @throws {InputError} naming the folder or image, at the first thing that is wrong
 */
export async function loadFer2013Folder(root: string): Promise<Map<string, LabelledImages>> {
  const all = await listFer2013Images(root, (where, message) => {
    throw new InputError(where, message);
  });
  const splits = new Map<string, LabelledImages>();
  for (const split of new Set(all.map((image) => image.split))) {
    const members = all.filter((image) => image.split === split);
    const table = new ImageTableBuilder(FER2013_SIDE, FER2013_SIDE, 1);
    for (const { file } of members) table.push(await readFer2013Image(file));
    splits.set(split, {
      images: table.build(),
      classes: EXPRESSIONS_7,
      labels: Int32Array.from(members, ({ expression }) => (EXPRESSIONS_7 as readonly Expression[]).indexOf(expression)),
      ids: members.map(({ file }) => file),
      alternatives: {},
    });
  }
  return splits;
}
