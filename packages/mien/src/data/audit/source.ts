/** What an audit reads: images one by one, with split and label. */
import { InputError } from '../../errors.ts';
import { crop, type BoxXYWH, type RawImage } from '../../image/index.ts';
import { readFaceImage, type Database, type FaceRecord } from '../databases/index.ts';
import type { Dataset, LabelledImages, LoadOptions, SplitUse } from '../dataset.ts';
import { readImageAt } from '../load-samples.ts';
import { findDataset, SOURCES } from '../registry.ts';

export interface AuditItem {
  /** Finds the image again in its source. */
  readonly id: string;
  readonly split: string;
  /** Absent = unlabelled. */
  readonly label?: string;
  /** Frames of one sequence are alike by nature: they are not compared with each other. */
  readonly sequence?: string;
}

export interface AuditSource {
  readonly name: string;
  readonly items: readonly AuditItem[];
  /** @returns the face, or the image where no box is known   @throws {InputError} when it cannot be read */
  read(i: number): Promise<RawImage>;
}

/**
 * A copy of a dataset or database, as `mien data list` names it. Images are read one by one, at their own size.
 * @param problem told of each damaged or missing part, which is then left out
 * @throws {InputError} when the name is unknown, or nothing of the layout is there
 */
export async function openAuditSource(
  name: string,
  path: string,
  problem: (where: string, message: string) => void,
  options: LoadOptions = {},
): Promise<AuditSource> {
  const source = SOURCES.find((each) => each.name === name);
  if (source) return databaseSource(await source.index(path, problem, options));
  return datasetSource(await findDataset(name).load(path, undefined, options), () => 'evaluate');
}

export function databaseSource({ name, records }: Database): AuditSource {
  return {
    name,
    items: records.map(({ id, split = 'all', label, sequence }) => ({
      id,
      split,
      ...(label === undefined ? {} : { label }),
      ...(sequence === undefined ? {} : { sequence }),
    })),
    read: (i) => readFace(records[i]!),
  };
}

/** The face in its box, so that two faces of one photo are two. */
async function readFace(record: FaceRecord): Promise<RawImage> {
  const image = await readFaceImage(record);
  const box = record.box && within(record.box, image);
  return box ? crop(image, box) : image;
}

/** In whole pixels of the image; undefined for a box beside it. */
function within(box: BoxXYWH, { width, height }: RawImage): BoxXYWH | undefined {
  const [left, top] = [Math.max(0, Math.round(box.x)), Math.max(0, Math.round(box.y))];
  const [right, bottom] = [
    Math.min(width, Math.round(box.x + box.width)),
    Math.min(height, Math.round(box.y + box.height)),
  ];
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

/**
 * A dataset's splits as they are used. @param useOf what each split is wanted for: a dataset may
 * choose images by it
 */
export async function datasetSource(
  dataset: Pick<Dataset, 'name' | 'splits' | 'loadSplit'>,
  useOf: (split: string) => SplitUse,
): Promise<AuditSource> {
  const parts: { readonly split: string; readonly images: LabelledImages; readonly first: number }[] = [];
  const items: AuditItem[] = [];
  for (const split of dataset.splits) {
    const images = await dataset.loadSplit(split, useOf(split));
    parts.push({ split, images, first: items.length });
    images.ids.forEach((id, i) => {
      const label = images.classes[images.labels[i]!];
      items.push({ id, split, ...(label === undefined ? {} : { label }) });
    });
  }
  return {
    name: dataset.name,
    items,
    read(i) {
      const part = parts.findLast(({ first }) => first <= i);
      if (!part) return Promise.reject(new InputError(dataset.name, `has no image ${i}`));
      return readImageAt(part.images.imageSource, i - part.first);
    },
  };
}
