/**
 * FER2013: 48×48 grey faces with one of 7 expressions, in its official CSV form, Kaggle's later one, gzips of
 * these, or folders of images (`<split>/<expression>/<image>`).
 * Source: Goodfellow et al. 2013, "Challenges in representation learning".
 */
import { InputError } from '../errors.ts';
import { classIndexByCode, EXPRESSIONS_7, FER2013_CODES } from '../labels/index.ts';
import type { Dataset, DatasetDefinition, LabelledImages } from './dataset.ts';
import { missingSplit } from './dataset.ts';
import { checkFer2013 } from './fer2013-check.ts';
import { FER2013_SIDE, FER2013_USAGES, fer2013Id, readFer2013Csv } from './fer2013-csv.ts';
import { locateFer2013 } from './fer2013-files.ts';
import { loadFer2013Folder } from './fer2013-folders.ts';
import { ImageTableBuilder } from './image-table.ts';

const CLASS_OF_CODE = classIndexByCode(FER2013_CODES, EXPRESSIONS_7);

/**
 * Reads FER2013's CSV whole.
 * @param onRow called with the Usage of each row, in the order of the file
 * @returns its splits in the official order, labels in the order of `EXPRESSIONS_7`
 * @throws {InputError} naming file and line, at the first thing that is wrong
 */
export async function loadFer2013Csv(file: string, onRow: (usage: string) => void = () => {}): Promise<Map<string, LabelledImages>> {
  const builders = FER2013_USAGES.map((usage) => ({
    usage,
    images: new ImageTableBuilder(FER2013_SIDE, FER2013_SIDE, 1),
    labels: [] as number[],
    ids: [] as string[],
  }));
  await readFer2013Csv(file, {
    row({ index, code, usage, pixels }) {
      onRow(usage);
      const builder = builders[FER2013_USAGES.indexOf(usage)]!;
      builder.images.push(pixels);
      builder.labels.push(CLASS_OF_CODE[code]!);
      builder.ids.push(fer2013Id(index));
    },
    problem(_kind, line, message) {
      throw new InputError(`${file}:${line}`, message);
    },
  });
  return new Map(
    builders
      .filter(({ ids }) => ids.length > 0)
      .map(({ usage, images, labels, ids }) => [
        usage,
        { images: images.build(), classes: EXPRESSIONS_7, labels: Int32Array.from(labels), ids, alternatives: {} },
      ]),
  );
}

async function loadFer2013(path: string): Promise<Dataset> {
  const source = await locateFer2013(path);
  const splits = source.kind === 'csv' ? await loadFer2013Csv(source.file) : await loadFer2013Folder(source.root);
  const present = [...splits.keys()];
  return {
    name: fer2013.name,
    classes: EXPRESSIONS_7,
    splits: present,
    async loadSplit(split) {
      const images = splits.get(split);
      if (!images) throw missingSplit(path, split, present);
      return images;
    },
  };
}

export const fer2013: DatasetDefinition = {
  name: 'fer2013',
  layout: 'fer2013.csv, its gzip or icml_face_data.csv; the folder that holds one; or folders train|test|Training|PublicTest|PrivateTest/<expression>/<image>',
  licence: 'released for the ICML 2013 challenge (on Kaggle under the Database Contents License); cite Goodfellow et al. 2013, arXiv:1307.0414',
  load: loadFer2013,
  check: checkFer2013,
};
