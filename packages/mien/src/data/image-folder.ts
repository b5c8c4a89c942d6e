/**
 * Any images as a dataset: one folder per class, `<root>/<class>/<image>`, or `<root>/train/<class>/<image>` with, if
 * there are any, `validation` (or `val`, `valid`) and `test` beside it. The classes are the folders' names, sorted.
 * Images are read in any size, and resized as a whole, without keeping their proportions.
 */
import { join } from 'node:path';
import { InputError, ShapeError } from '../errors.ts';
import { findEntry, IMAGE_EXTENSIONS, isFolder, Walker } from '../files/index.ts';
import { resize, toGrey } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { Random } from '../tensor/index.ts';
import { missingSplit, type Dataset, type LabelledImages } from './dataset.ts';
import { ImageTableBuilder } from './image-table.ts';
import { channelCount } from './preprocess.ts';

export interface ImageFolderOptions {
  /** Size that every image is brought to, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: 'grey' | 'rgb';
  /** Share of each class that is kept from training, in (0, 1), where there is no folder `validation`. Default 0.2. */
  readonly validationShare?: number;
  /** Seeds which images those are. Default 0. */
  readonly seed?: number;
}

interface Example {
  readonly file: string;
  readonly label: number;
}

/**
 * @returns splits `train`, `validation` and, where the folder is there, `test`
 * @throws {InputError} when a folder is missing or empty, there are fewer than two classes, or a split has a class
 *   that `train` lacks; on loading a split, when an image cannot be read
 * @throws {ShapeError} when an option is out of its range
 */
export async function imageFolder(root: string, options: ImageFolderOptions): Promise<Dataset> {
  const share = options.validationShare ?? 0.2;
  if (!(share > 0 && share < 1)) throw new ShapeError('imageFolder', `validationShare: expected a number between 0 and 1, got ${share}`);
  if (!(await isFolder(root))) throw new InputError(root, 'is a file, expected a folder with a folder of images for each class');
  const trainRoot = (await findEntry(root, 'train')) ?? root;
  const classes = await listClasses(trainRoot);
  const splits = new Map<string, Example[]>([['train', await listExamples(trainRoot, classes)]]);
  if (trainRoot !== root) {
    for (const [split, names] of [['validation', ['validation', 'valid', 'val']], ['test', ['test']]] as const) {
      const folder = await findEntry(root, ...names);
      if (folder === undefined) continue;
      const stray = (await listClasses(folder)).find((c) => !classes.includes(c));
      if (stray !== undefined) throw new InputError(join(folder, stray), `is no class of ${trainRoot}, expected ${classes.join(', ')}`);
      splits.set(split, await listExamples(folder, classes));
    }
  }
  if (!splits.has('validation')) {
    const { kept, held } = holdOut(splits.get('train')!, classes, share, options.seed ?? 0);
    splits.set('train', kept).set('validation', held);
  }
  return {
    name: root,
    classes,
    splits: [...splits.keys()],
    loadSplit: async (split) => {
      const examples = splits.get(split);
      if (!examples) throw missingSplit(root, split, [...splits.keys()]);
      return readImages(examples, classes, options);
    },
  };
}

/** Names of the folders that hold images, sorted. */
async function listClasses(root: string): Promise<readonly string[]> {
  const { folders } = await new Walker().list(root);
  if (folders.length < 2) throw new InputError(root, `expected a folder of images for each of two classes or more, found ${folders.join(', ') || 'no folder'}`);
  return folders;
}

/** @throws {InputError} when a class's folder holds no image */
async function listExamples(root: string, classes: readonly string[]): Promise<Example[]> {
  const examples: Example[] = [];
  for (const [label, name] of classes.entries()) {
    const folder = join(root, name);
    const files = (await isFolder(folder).catch(() => false)) ? (await new Walker().list(folder)).files : [];
    if (files.length === 0) throw new InputError(folder, `holds no images (${IMAGE_EXTENSIONS.join(', ')})`);
    examples.push(...files.map((f) => ({ file: join(folder, f), label })));
  }
  return examples;
}

/** Holds out a share of each class, at least one image. */
function holdOut(examples: readonly Example[], classes: readonly string[], share: number, seed: number): { kept: Example[]; held: Example[] } {
  const kept: Example[] = [];
  const held: Example[] = [];
  classes.forEach((name, label) => {
    const own = examples.filter((e) => e.label === label);
    if (own.length < 2) throw new InputError(own[0]!.file, `is the only image of class "${name}", expected two or more: one to train and one to validate`);
    const count = Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)));
    const chosen = new Set(new Random(seed, `validation/${name}`).permutation(own.length).subarray(0, count));
    own.forEach((e, i) => (chosen.has(i) ? held : kept).push(e));
  });
  return { kept, held };
}

async function readImages(examples: readonly Example[], classes: readonly string[], size: ImageFolderOptions): Promise<LabelledImages> {
  const channels = channelCount(size.channels);
  const table = new ImageTableBuilder(size.height, size.width, channels);
  for (const { file } of examples) {
    const image = resize(await decodeImage(file), size);
    table.push((channels === 1 ? toGrey(image) : image).data);
  }
  return {
    images: table.build(), classes, labels: Int32Array.from(examples, (e) => e.label), ids: examples.map((e) => e.file), alternatives: {},
  };
}
