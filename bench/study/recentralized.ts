/**
 * npm run study:recentralized -- ferplus=FOLDER [--out runs/recentralized-study] [--seeds 1,2,3] [--epochs 15]
 * [--images 10000] [--test N]
 *
 * The ablation of Bao et al. 2019 (its table 6) on data at hand: the face alone, the shading of its frontal surface alone,
 * the landmarks alone, each pair, and all three; all three by cross-entropy and by focal loss. The same images in all
 * rows; faces are found, meshed and turned once. One training image in ten chooses the epoch, the validation split of the
 * data is what is measured. Networks that are in the folder already are not trained again. Prints a Markdown table, and
 * writes it with each run's figures to bench/results/, unless it was asked for fewer images.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MienError } from 'mienjs';
import { findSplit, type Dataset } from 'mienjs/data';
import { DATABASES, databaseDataset, type DatabaseDefinition } from 'mienjs/data/node';
import { evaluateModel } from 'mienjs/evaluate';
import { exists } from 'mienjs/files';
import { spread } from 'mienjs/metrics';
import { RECENTRALIZED_STREAMS, type RecentralizedStream } from 'mienjs/nn/models';
import { loadClassifier } from 'mienjs/predict/node';
import { RECENTRALIZED, type RecentralizedVariant } from 'mienjs/recipes';
import { spreadCell } from 'mienjs/report';
import { Random } from 'mienjs/tensor';
import { fit, imagesOf } from 'mienjs/train';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, seedsArgument, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';

type Row = Required<RecentralizedVariant> & {
  /** Accuracy and mean accuracy that the paper gives on its selection of RAF-DB, tables 2 and 6. */
  readonly published?: readonly [accuracy: number, meanAccuracy: number];
};

const [FACE, SHADING, LANDMARKS] = RECENTRALIZED_STREAMS;
const row = (
  streams: readonly RecentralizedStream[],
  published?: Row['published'],
  loss: Row['loss'] = 'cross-entropy',
): Row => ({
  streams,
  loss,
  ...(published ? { published } : {}),
});
const COMPARED: readonly Row[] = [
  row([FACE], [0.7869, 0.6496]),
  row([SHADING]),
  row([LANDMARKS]),
  row([FACE, LANDMARKS], [0.7962, 0.6837]),
  row([FACE, SHADING], [0.7973, 0.678]),
  row([SHADING, LANDMARKS]),
  row(RECENTRALIZED_STREAMS, [0.816, 0.6783]),
  row(RECENTRALIZED_STREAMS, [0.8229, 0.7414], 'focal'),
];
const nameOf = ({ streams, loss }: Row): string => `${streams.join('-')}${loss === 'focal' ? '-focal' : ''}`;

/** Training images that are used unless the user says otherwise. */
const IMAGES = 10_000;

interface Run {
  readonly row: string;
  readonly seed: number;
  readonly bestEpoch: number | null;
  readonly images: number;
  readonly accuracy: number;
  readonly meanAccuracy: number;
}

interface Arguments {
  readonly dataset: string;
  readonly path: string;
  readonly out: string;
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly images: number;
  /** Images to measure on; all when undefined. */
  readonly test: number | undefined;
}

const log = logAs('study');

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'runs/recentralized-study' },
      seeds: { type: 'string', default: '1,2,3' },
      epochs: { type: 'string', default: '15' },
      images: { type: 'string', default: `${IMAGES}` },
      test: { type: 'string' },
    },
  });
  return {
    ...datasetArgument(positionals),
    out: values.out,
    seeds: seedsArgument(values.seeds),
    epochs: wholeArgument('epochs', values.epochs, 1),
    images: wholeArgument('images', values.images, 10),
    test: values.test === undefined ? undefined : wholeArgument('test', values.test, 1),
  };
}

/** `train`, `validation` and `test`, of as many records as are asked for: only these are read. */
async function loadPart(
  definition: DatabaseDefinition,
  { path, images, test }: Arguments,
  recipe: Parameters<typeof imagesOf>[0],
  names: { readonly trainSplit: string; readonly validationSplit: string },
): Promise<Dataset> {
  const database = await definition.index(path);
  const usable = (split: string, use: 'train' | 'evaluate') =>
    database.records.filter(
      (record) =>
        record.split === split && (definition.sampleOf ? definition.sampleOf(record, use) : record) !== undefined,
    );
  const all = usable(names.trainSplit, 'train');
  const drawn = [...new Random(0, 'study/images').permutation(all.length)].slice(0, images).map((i) => all[i]!);
  const held = Math.max(1, Math.round(drawn.length / 10));
  const records = [
    ...drawn.slice(held).map((record) => ({ ...record, split: 'train' })),
    ...drawn.slice(0, held).map((record) => ({ ...record, split: 'validation' })),
    ...usable(names.validationSplit, 'evaluate')
      .slice(0, test)
      .map((record) => ({ ...record, split: 'test' })),
  ];
  const { labelSets: _, unclear: __, ...forms } = definition;
  return databaseDataset({ ...database, records }, imagesOf(recipe), { onFace: logFaces }, forms);
}

/** Faces are found in some thousands of images a quarter of an hour. */
const logFaces = (found: number, done: number, total: number): void => {
  if (done === total || done % 500 === 0) log(`faces found in ${found} of ${done} images, ${total} in all`);
};

async function trainAndTest(
  variant: Row,
  seed: number,
  dataset: Dataset,
  { out, epochs, dataset: name }: Arguments,
): Promise<Run> {
  const recipe = {
    ...recipesOf(name)(variant),
    epochs,
    data: { dataset: name, trainSplit: 'train', validationSplit: 'validation' },
  };
  const folder = join(out, `${nameOf(variant)}-${seed}`);
  const path = join(folder, `${recipe.id}.onnx`);
  let bestEpoch: number | null = null;
  if (!(await exists(path))) {
    log(`${nameOf(variant)}, seed ${seed}: training`);
    const fitted = await fit(recipe, {
      dataset,
      out: folder,
      seed,
      resume: await exists(join(folder, 'last.safetensors')),
    });
    bestEpoch = fitted.bestEpoch;
  }
  const classifier = await loadClassifier(path);
  const { accuracy, meanAccuracy, n } = await evaluateModel(classifier, dataset, { split: findSplit(dataset, 'test') });
  await classifier.release();
  log(`${nameOf(variant)}, seed ${seed}: ${(100 * accuracy).toFixed(2)} %`);
  return { row: nameOf(variant), seed, bestEpoch, images: n, accuracy, meanAccuracy };
}

/** @throws {MienError} when there is no such recipe */
function recipesOf(dataset: string): (typeof RECENTRALIZED)[keyof typeof RECENTRALIZED] {
  const found = Object.entries(RECENTRALIZED).find(([name]) => name === dataset);
  if (!found) throw new MienError(`recentralized.${dataset}: is not a recipe`);
  return found[1];
}

function table(runs: readonly Run[]): string {
  const cell = (values: readonly number[]): string => spreadCell(spread(values));
  return [
    '| looks at | loss | accuracy | mean accuracy | the paper, on RAF-DB: accuracy | mean accuracy |',
    '|---|---|---|---|---|---|',
    ...COMPARED.map((variant) => {
      const own = runs.filter((run) => run.row === nameOf(variant));
      const published = variant.published?.map((value) => (100 * value).toFixed(2)) ?? ['', ''];
      return `| ${variant.streams.join(', ')} | ${variant.loss} | ${cell(own.map((run) => run.accuracy))} | ${cell(own.map((run) => run.meanAccuracy))} | ${published.join(' | ')} |`;
    }),
  ].join('\n');
}

async function main(args: Arguments): Promise<void> {
  const date = new Date().toISOString();
  const whole = recipesOf(args.dataset)();
  const definition = DATABASES.find(({ name }) => name === args.dataset);
  if (!definition) throw new MienError(`${args.dataset}: is not a database`);
  const dataset = await loadPart(definition, args, whole, whole.data);
  const runs: Run[] = [];
  for (const seed of args.seeds)
    for (const variant of COMPARED) runs.push(await trainAndTest(variant, seed, dataset, args));
  process.stdout.write(`${table(runs)}\n`);
  if (args.images < IMAGES || args.test !== undefined) return; // no figure that anybody should cite
  const { path: _, out: __, ...settings } = args;
  const report = { machine: describeMachine(), date, commit: currentCommit(), ...settings, runs };
  const file = await writeResult(`${JSON.stringify(report, null, 2)}\n`, {
    date,
    commit: report.commit,
    name: `recentralized-${args.dataset}`,
  });
  log(`written to ${file}`);
}

await runProgram(log, parseArguments, main);
