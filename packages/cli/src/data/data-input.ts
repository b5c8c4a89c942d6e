/**
 * The data of a verb, `--data NAME=PATH`, with the options that say how to read them: what is passed over is said on
 * stderr.
 */
import { stat } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import type { Dataset, DatasetDefinition, ImageFormat, LoadOptions } from 'mienjs/data';
import { FRAME_SELECTIONS, type FrameSelectionName } from 'mienjs/data/protocols';
import { findDataset, readClassNames } from 'mienjs/data/node';
import { LABEL_CODES, parseClassNames } from 'mienjs/labels';
import type { ColumnChoice } from 'mienjs/tables';
import { alignOption, memoryOption, readImagesOptions, type ReadImagesOptions } from './align.ts';
import { columnsOption, type DataOption } from '../options.ts';
import { log } from '../output.ts';
import { facesOf } from './faces.ts';

export interface DataInputOptions extends ReadImagesOptions {
  readonly columns?: ColumnChoice;
  readonly codes?: string;
  readonly frames?: FrameSelectionName;
}

/** Adds `--columns` and `--codes`: how tables and folders are read. */
export function withReadingOptions(command: Command): Command {
  return command
    .addOption(
      columnsOption(
        '--columns',
        'column names of a manifest, FIELD=COLUMN,… for image, split and label (default: recognised by their usual names)',
      ),
    )
    .addOption(
      new Option(
        '--codes <codes>',
        `what the class numbers of a manifest or folder mean: ${Object.keys(LABEL_CODES).join(', ')}, NUMBER=NAME,…, or a file with a line for each`,
      ),
    );
}

/**
 * Adds `--columns`, `--codes`, `--frames`, `--align` and `--memory`.
 * @param training whether a model is made, which may be of another alignment
 */
export function withDataInput(command: Command, { training = false } = {}): Command {
  return withReadingOptions(command)
    .addOption(
      new Option(
        '--frames <which>',
        'of a database of sequences: the frames that show the expression, with …-and-first the first as neutral',
      ).choices(Object.keys(FRAME_SELECTIONS)),
    )
    .addOption(alignOption(training))
    .addOption(memoryOption());
}

/** @throws {MienError} when the codes are neither of these */
export async function indexOptions(input: DataInputOptions): Promise<LoadOptions> {
  const { columns, codes, frames, align, memory } = input;
  return {
    ...(columns ? { columns } : {}),
    ...(codes === undefined ? {} : { codes: await classNames(codes) }),
    ...(frames === undefined ? {} : { frames }),
    ...(align === undefined && memory === undefined ? {} : { images: await readImagesOptions(input) }),
  };
}

async function classNames(codes: string): Promise<Readonly<Record<string, string>>> {
  const isFile =
    !Object.hasOwn(LABEL_CODES, codes) &&
    (await stat(codes).then(
      (found) => found.isFile(),
      () => false,
    ));
  return isFile ? readClassNames(codes) : parseClassNames(codes);
}

const FLAGS = {
  columns: '--columns',
  codes: '--codes',
  frames: '--frames',
  images: '--align and --memory',
} as const satisfies Record<keyof LoadOptions, string>;

/** The options that a dataset takes. @throws {InputError} for one that none of the datasets takes */
export function optionsFor(
  definition: DatasetDefinition,
  options: LoadOptions,
  all: readonly DatasetDefinition[] = [definition],
): LoadOptions {
  for (const name of Object.keys(options) as (keyof LoadOptions)[]) {
    if (!all.some(({ takes }) => takes.includes(name)))
      throw new InputError(
        all.map((each) => each.name).join(', '),
        `${FLAGS[name]} has no use here: ${all.length > 1 ? 'these data' : 'its owners'} say what is what`,
      );
  }
  return Object.fromEntries(
    Object.entries(options).filter(([name]) => definition.takes.includes(name as keyof LoadOptions)),
  );
}

/** Loads a dataset. @param given all data of the command, which the options may be meant for */
export async function loadData(
  { name, path }: DataOption,
  format: ImageFormat | undefined,
  input: DataInputOptions,
  given: readonly DataOption[] = [{ name, path }],
): Promise<Dataset> {
  const definition = findDataset(name);
  const options = optionsFor(
    definition,
    await indexOptions(input),
    given.map((each) => findDataset(each.name)),
  );
  const dataset = await definition.load(path, format, {
    ...options,
    images: { ...options.images, onFace: facesOf(path) },
  });
  for (const note of dataset.notes ?? []) log(`${path}: ${note}`);
  return dataset;
}

/** Says on stderr what a split is, where its name does not. */
export function describeSplit({ splitNotes = {} }: Dataset, path: string, split: string): void {
  if (splitNotes[split] !== undefined) log(`${path}: ${split} is ${splitNotes[split]}`);
}
