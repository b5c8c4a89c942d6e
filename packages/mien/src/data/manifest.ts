/**
 * A manifest: any image files with labels or label distributions, listed in a file; what `mien crowd partition` writes.
 * The rows are those of manifest-row.ts. Each image is resized as a whole to the format asked for, 48×48 grey by default: they
 * should be faces cut out about square, as FER2013 frames them.
 */
import { dirname, isAbsolute, join } from 'node:path';
import { InputError } from '../errors.ts';
import { resize } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import type { Expression } from '../labels/index.ts';
import { CheckRecorder } from './check.ts';
import { type CheckReport, type Dataset, type DatasetDefinition, type LabelledImages, missingSplit } from './dataset.ts';
import { ImageTableBuilder } from './image-table.ts';
import { locateManifest, manifestClasses, readManifest } from './manifest-file.ts';
import { channelCount, type ImageFormat } from './preprocess.ts';
import { MANIFEST_SPLITS, type ManifestRow } from './manifest-row.ts';

/** What the compact network takes. */
const DEFAULT_FORMAT: ImageFormat = { width: 48, height: 48, channels: 'grey' };
/** Images decoded at a time: enough to keep libvips' threads busy. */
const CONCURRENT = 8;

interface Entry {
  readonly row: ManifestRow;
  readonly line: number;
}

async function loadManifest(path: string, format = DEFAULT_FORMAT): Promise<Dataset> {
  const file = await locateManifest(path);
  const entries = await readManifest(file, (line, message) => {
    throw new InputError(`${file}:${line}`, message);
  });
  if (entries.length === 0) throw new InputError(file, 'lists no images');
  const classes = manifestClasses(entries.map(({ row }) => row));
  const splits = MANIFEST_SPLITS.filter((split) => entries.some(({ row }) => row.split === split));
  const loaded = new Map<string, Promise<LabelledImages>>();
  return {
    name: manifest.name,
    classes,
    splits,
    async loadSplit(split) {
      const members = entries.filter(({ row }) => row.split === split);
      if (members.length === 0) throw missingSplit(file, split, splits);
      const images = loaded.get(split) ?? loadImages(file, members, classes, format);
      loaded.set(split, images);
      return images;
    },
  };
}

async function loadImages(file: string, entries: readonly Entry[], classes: readonly Expression[], format: ImageFormat): Promise<LabelledImages> {
  const table = new ImageTableBuilder(format.height, format.width, channelCount(format.channels));
  for (let i = 0; i < entries.length; i += CONCURRENT) {
    const pixels = await Promise.all(entries.slice(i, i + CONCURRENT).map((entry) => readManifestImage(file, entry, format)));
    pixels.forEach((image) => table.push(image));
  }
  const K = classes.length;
  const labelDistribution = new Float32Array(entries.length * K);
  entries.forEach(({ row: { label, distribution } }, i) => {
    const weights = classes.map((name) => (distribution ? (distribution[name] ?? 0) : Number(name === label)));
    const total = weights.reduce((sum, w) => sum + w, 0);
    weights.forEach((w, k) => { labelDistribution[i * K + k] = w / total; });
  });
  return {
    images: table.build(),
    classes,
    labels: Int32Array.from(entries, ({ row }) => (row.label === undefined ? -1 : classes.indexOf(row.label))),
    labelDistribution,
    ids: entries.map(({ row }) => row.image),
    alternatives: {},
  };
}

/** @returns the pixels   @throws {InputError} naming the manifest's line and the image */
async function readManifestImage(file: string, { row, line }: Entry, { width, height, channels }: ImageFormat): Promise<Uint8Array> {
  const path = isAbsolute(row.image) ? row.image : join(dirname(file), row.image);
  try {
    return resize(await decodeImage(path, { channels: channelCount(channels) }), { width, height }).data;
  } catch (cause) {
    throw cause instanceof InputError ? new InputError(`${file}:${line}`, cause.message, { cause }) : cause;
  }
}

async function checkManifest(path: string): Promise<CheckReport> {
  const recorder = new CheckRecorder();
  await recorder.attempt(async () => {
    const file = await locateManifest(path);
    const entries = await readManifest(file, (line, message) => recorder.error('row', `${file}:${line}`, message));
    for (const entry of entries) {
      try {
        recorder.image(entry.row.split, entry.row.label ?? 'unlabelled', await readManifestImage(file, entry, DEFAULT_FORMAT));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        recorder.error('image', error.input, error.reason);
      }
    }
  });
  return recorder.report(path);
}

export const manifest: DatasetDefinition = {
  name: 'manifest',
  layout: 'a list of images, CSV (image,split,label and, or, a column for each expression) or JSONL; or the folder that holds manifest.jsonl or manifest.csv',
  licence: 'your own images and labels: their terms are yours to state',
  load: loadManifest,
  check: checkManifest,
};
