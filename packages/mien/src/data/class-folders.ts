/**
 * Any images as a dataset: a folder for each class, `<root>/<class>/<image>`, or in folders for splits,
 * `<root>/train/<class>/<image>` with validation and test beside it. Names of expressions are taken in whatever of the
 * field's spellings, `0_angry` and `Suprise` too; numbers by a map; other names are classes of their own.
 */
import { join } from 'node:path';
import { InputError } from '../errors.ts';
import { compareNames, isFolder, Walker } from '../files/index.ts';
import {
  asExpression,
  canonicalOrder,
  expressionOfFolder,
  EXPRESSIONS_7,
  EXPRESSIONS_8,
  LABEL_CODES,
} from '../labels/index.ts';
import { findClassNames } from './class-names.ts';
import {
  type Database,
  type FaceRecord,
  type FaceSource,
  type IndexOptions,
  type ProblemSink,
  throwProblem,
} from './databases/index.ts';
import { sourceAsDataset } from './record-dataset.ts';
import { inOrderOfRoles, roleOfSplit } from './splits.ts';

/** Archives unpack to a folder in a folder: so many levels are gone down where a folder holds nothing but another. */
const MAX_WRAPPERS = 3;

/** Class folders as they stand, before it is decided what their names mean. */
export interface ClassFolder {
  /** `train`, `validation` or `test`; undefined where there are no folders for splits. */
  readonly split: string | undefined;
  readonly name: string;
  /** Its path. */
  readonly folder: string;
  /** Paths of the images in it, at any depth. */
  readonly images: readonly string[];
}

export interface ClassFolders {
  /** Where the folders of splits or classes are. */
  readonly root: string;
  readonly folders: readonly ClassFolder[];
  /** What was passed over, in a sentence; undefined where nothing was. */
  readonly passedOver: string | undefined;
}

/** @throws {InputError} when there is no such folder, or it holds no folder for a class */
export async function listClassFolders(path: string): Promise<ClassFolders> {
  if (!(await isFolder(path)))
    throw new InputError(path, 'is a file, expected a folder with a folder of images for each class');
  const above = new Walker(); // of what is beside the folders of classes, images alone matter
  const walker = new Walker();
  const { root, names, loose } = await unwrapped(path, above);
  const parts = await splitFolders(root, names, above);
  const folders: ClassFolder[] = [];
  for (const { split, folder, classes } of parts) {
    for (const name of classes) {
      const images: string[] = [];
      for await (const image of walker.files(join(folder, name))) images.push(image);
      folders.push({ split, name, folder: join(folder, name), images });
    }
  }
  if (folders.length === 0)
    throw new InputError(
      path,
      `${loose > 0 ? 'holds images, but no folder for a class' : 'holds no folder for a class'}: expected <class>/<image>, or train/<class>/<image>`,
    );
  const ignored =
    parts[0]?.split === undefined
      ? []
      : names.filter((name) => !parts.some(({ folder }) => folder === join(root, name)));
  const clauses = [
    ...(ignored.length > 0
      ? [
          `${ignored.length} ${ignored.length === 1 ? 'folder that is' : 'folders that are'} not a split (${ignored.slice(0, 3).join(', ')}${ignored.length > 3 ? ', …' : ''})`,
        ]
      : []),
    ...(loose > 0 ? [`${loose} ${loose === 1 ? 'image' : 'images'} outside the folders of classes`] : []),
    ...walker.passedOver.clauses(['system']),
  ];
  return { root, folders, passedOver: clauses.length > 0 ? `passed over: ${clauses.join('; ')}` : undefined };
}

/** @returns the folder that holds more than one other folder alone, its folders, and how many images it holds itself */
async function unwrapped(
  path: string,
  walker: Walker,
): Promise<{ root: string; names: readonly string[]; loose: number }> {
  let root = path;
  for (let level = 0; ; level++) {
    const { folders, files } = await walker.list(root);
    const [only, other] = folders;
    const isWrapper =
      only !== undefined &&
      other === undefined &&
      files.length === 0 &&
      level < MAX_WRAPPERS &&
      expressionOfFolder(only) === undefined;
    if (!isWrapper || (await walker.list(join(root, only))).folders.length === 0)
      return { root, names: folders, loose: files.length };
    root = join(root, only);
  }
}

interface Part {
  readonly split: string | undefined;
  readonly folder: string;
  readonly classes: readonly string[];
}

/** Folders are splits where one has the name of a split, and holds folders. */
async function splitFolders(root: string, names: readonly string[], walker: Walker): Promise<Part[]> {
  const parts: Part[] = [];
  for (const name of names) {
    const role = roleOfSplit(name);
    const classes = role === undefined ? [] : (await walker.list(join(root, name))).folders;
    if (classes.length > 0) parts.push({ split: role, folder: join(root, name), classes });
  }
  return parts.length > 0 ? parts : [{ split: undefined, folder: root, classes: names }];
}

async function indexClassFolders(
  path: string,
  problem: ProblemSink = throwProblem,
  { codes }: IndexOptions = {},
): Promise<Database> {
  const { root, folders, passedOver } = await listClassFolders(path);
  const meaning = codes ?? (folders.some(({ name }) => isNumber(name)) ? await findClassNames(root) : {});
  const unknown = folders.filter(
    ({ name }) => isNumber(name) && classOf(name, meaning) === name && meaning[name] === undefined,
  );
  if (unknown.length > 0) {
    const numbers = [...new Set(unknown.map(({ name }) => name))];
    throw new InputError(
      root,
      `the classes are numbers (${numbers.join(', ')}): the option codes says what they mean, ${Object.keys(LABEL_CODES).join(', ')} or such as ${numbers[0]!}=surprise,…; so does a file classes.txt with a line for each, such as ${numbers[0]!} surprise`,
    );
  }
  const records: FaceRecord[] = folders.flatMap(({ split, name, images }) =>
    images.map((file) => ({
      id: idFrom(root, file),
      image: { file },
      label: classOf(name, meaning),
      ...(split === undefined ? {} : { split }),
    })),
  );
  if (records.length === 0) problem(path, 'holds no images');
  const empty = folders
    .filter(({ images }) => images.length === 0)
    .map(({ split, name }) => (split === undefined ? name : `${split}/${name}`));
  return {
    name: classFolders.name,
    root,
    classes: classOrder(folders.map(({ name }) => classOf(name, meaning))),
    records: inOrder(records),
    notes: [
      ...(empty.length > 0 ? [`without images: ${empty.join(', ')}`] : []),
      ...(passedOver === undefined ? [] : [passedOver]),
    ],
  };
}

const isNumber = (name: string): boolean => /^\d+$/.test(name);

/** The class that a folder's name means. */
function classOf(name: string, meaning: Readonly<Record<string, string>>): string {
  const given = meaning[name] ?? (isNumber(name) ? meaning[String(Number(name))] : undefined);
  return given === undefined ? (expressionOfFolder(name) ?? name) : (asExpression(given) ?? given);
}

/** The expressions, 7 or with contempt 8, where all are; otherwise expressions first, then others by name. */
function classOrder(classes: readonly string[]): readonly string[] {
  const expressions: readonly string[] = EXPRESSIONS_8;
  if (classes.every((name) => expressions.includes(name)))
    return classes.includes('contempt') ? EXPRESSIONS_8 : EXPRESSIONS_7;
  return canonicalOrder([...classes].sort(compareNames));
}

/** Split by split, otherwise as the folders are. */
function inOrder(records: readonly FaceRecord[]): FaceRecord[] {
  const splits = inOrderOfRoles(new Set(records.map(({ split = '' }) => split)));
  return splits.flatMap((wanted) => records.filter(({ split = '' }) => split === wanted));
}

const idFrom = (root: string, file: string): string =>
  file
    .slice(root.length)
    .replace(/^[\\/]+/, '')
    .replaceAll('\\', '/');

/** Images in a folder for each class. */
export const classFoldersSource = {
  name: 'folder',
  layout:
    'images in a folder for each class, <class>/<image>, or train|validation|test/<class>/<image>; classes of any name, expressions in any spelling',
  licence: 'your own images and labels: their terms are yours to state',
  takes: ['codes'] as const,
  index: indexClassFolders,
} satisfies FaceSource & { readonly licence: string };

export const classFolders = sourceAsDataset(classFoldersSource);
