/**
 * Any images as a dataset: one folder per class, `<root>/<class>/<image>`, or `<root>/train/<class>/<image>` with, if
 * there are any, `validation` (or `val`, `valid`) and `test` beside it. The classes are the folders' names, sorted.
 * Images are read in any size, and resized as a whole, without keeping their proportions.
 */
import { InputError, ShapeError } from '../errors.ts';
import { IMAGE_EXTENSIONS } from '../files/index.ts';
import { listClassFolders } from './class-folders.ts';
import type { FaceRecord } from './databases/index.ts';
import type { Dataset } from './dataset.ts';
import { heldOut } from './hold-out.ts';
import { recordDataset } from './record-dataset.ts';
import { RecordImages } from './record-images.ts';
import { SPLIT_ROLES } from './splits.ts';

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

/**
 * @returns splits `train`, `validation` and, where the folder is there, `test`
 * @throws {InputError} when a folder is missing or empty, there are fewer than two classes, or a split has a class
 *   that `train` lacks; on loading a split, when an image cannot be read
 * @throws {ShapeError} when an option is out of its range
 * @example
 * ```ts
 * import { imageFolder } from 'mienjs/data/node';
 *
 * // photos/indoors/a.jpg, photos/outdoors/b.png …
 * const dataset = await imageFolder('photos', { width: 32, height: 32, channels: 'rgb', validationShare: 0.1 });
 * const train = await dataset.loadSplit('train', 'train');
 * console.log(dataset.classes, train.images.count);
 * ```
 */
export async function imageFolder(root: string, options: ImageFolderOptions): Promise<Dataset> {
  const share = options.validationShare ?? 0.2;
  if (!(share > 0 && share < 1))
    throw new ShapeError('imageFolder', `validationShare: expected a number between 0 and 1, got ${share}`);
  const { folders } = await listClassFolders(root);
  const classes = folders.filter(({ split = 'train' }) => split === 'train').map(({ name }) => name);
  if (classes.length < 2)
    throw new InputError(
      root,
      `expected a folder of images for each of two classes or more, found ${classes.join(', ') || 'none'}`,
    );
  const records = folders.flatMap(({ split = 'train', name, folder, images }): FaceRecord[] => {
    if (!classes.includes(name))
      throw new InputError(folder, `is not a class to train on, expected ${classes.join(', ')}`);
    if (images.length === 0) throw new InputError(folder, `holds no images (${IMAGE_EXTENSIONS.join(', ')})`);
    return images.map((file) => ({ id: file, image: { file }, split, label: name }));
  });
  const trained = records.filter(({ split }) => split === 'train');
  const held = records.some(({ split }) => split === 'validation')
    ? new Set<string>()
    : heldOut(
        {
          ids: trained.map(({ id }) => id),
          labels: Int32Array.from(trained, ({ label }) => classes.indexOf(label!)),
          classes,
        },
        share,
        options.seed ?? 0,
      );
  const splitOf = ({ id, split }: FaceRecord): string => (held.has(id) ? 'validation' : split!);
  const splits = SPLIT_ROLES.map(
    (role) => [role, records.filter((record) => splitOf(record) === role)] as const,
  ).filter(([, own]) => own.length > 0);
  return recordDataset(root, { name: root, classes }, Object.fromEntries(splits), new RecordImages(options));
}
