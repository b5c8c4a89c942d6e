/**
 * npm run study:normalization -- ferplus=FOLDER [--out runs/normalization-study] [--seeds 1,2,3] [--epochs 10]
 * [--images N] [--only STEPS …]
 *
 * The survey's question (Li & Deng 2020, section 2.1.3): which normalization of light helps a small network.
 * Deep-Emotion is trained on the same images with each, and without any; everything else is the same. Networks that are
 * in the folder already are not trained again. Prints a Markdown table of the test split, and writes it with each run's
 * figures to bench/results/.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MienError } from 'mienjs';
import { exists } from 'mienjs/files';
import { imageFormat, testSplit, type Dataset } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { evaluateModel } from 'mienjs/evaluate';
import { NORMALIZATION_NAMES, parseNormalization } from 'mienjs/image';
import { spread } from 'mienjs/metrics';
import { loadClassifier } from 'mienjs/predict/node';
import { RECIPES } from 'mienjs/recipes';
import { spreadCell } from 'mienjs/report';
import { fit, withNormalization, type Recipe } from 'mienjs/train';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, seedsArgument, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';
import { shortened } from './shortened.ts';

/** None; each alone, DoG after the gamma that it is meant to come after. */
const ALL = ['none', ...NORMALIZATION_NAMES.map((name) => (name === 'dog' ? 'gamma:gamma=0.2,dog' : name))];

interface Run {
  readonly normalization: string;
  readonly seed: number;
  readonly split: string;
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
  /** The first so many of each split; all when undefined. */
  readonly images: number | undefined;
  /** Steps as text, or `none`. */
  readonly compared: readonly string[];
}

const log = logAs('study');

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'runs/normalization-study' },
      seeds: { type: 'string', default: '1,2,3' },
      epochs: { type: 'string', default: '10' },
      images: { type: 'string' },
      only: { type: 'string', multiple: true, default: ALL },
    },
  });
  return {
    ...datasetArgument(positionals),
    out: values.out,
    seeds: seedsArgument(values.seeds),
    epochs: wholeArgument('epochs', values.epochs, 1),
    images: values.images === undefined ? undefined : wholeArgument('images', values.images, 1),
    compared: values.only,
  };
}

/** The recipe with the same mean and deviation for all, since each normalization has others. */
function recipeWith(recipe: Recipe, normalization: string, epochs: number): Recipe {
  const steps = normalization === 'none' ? [] : parseNormalization(normalization);
  const scaled = { ...recipe, epochs, preprocess: { ...recipe.preprocess, mean: [0.5], std: [0.25] } };
  return withNormalization(scaled, steps);
}

async function trainAndTest(
  recipe: Recipe,
  normalization: string,
  seed: number,
  dataset: Dataset,
  out: string,
): Promise<Run> {
  const folder = join(out, `${normalization.replace(/[^\w.-]+/g, '_')}-${seed}`);
  const path = join(folder, `${recipe.id}.onnx`);
  if (!(await exists(join(folder, `${recipe.id}.onnx`)))) {
    log(`${normalization}, seed ${seed}: training`);
    await fit(recipe, { dataset, out: folder, seed, resume: await exists(join(folder, 'last.safetensors')) });
  }
  const classifier = await loadClassifier(path);
  const split = testSplit(dataset);
  const { accuracy, meanAccuracy, n } = await evaluateModel(classifier, dataset, { split });
  await classifier.release();
  log(`${normalization}, seed ${seed}: ${(100 * accuracy).toFixed(2)} %`);
  return { normalization, seed, split, images: n, accuracy, meanAccuracy };
}

function table(runs: readonly Run[], compared: readonly string[]): string {
  return [
    '| normalization | accuracy | mean accuracy |',
    '|---|---|---|',
    ...compared.map((normalization) => {
      const own = runs.filter((run) => run.normalization === normalization);
      const cell = (key: 'accuracy' | 'meanAccuracy'): string => spreadCell(spread(own.map((run) => run[key])));
      return `| ${normalization} | ${cell('accuracy')} | ${cell('meanAccuracy')} |`;
    }),
  ].join('\n');
}

async function main({ dataset: name, path, out, seeds, epochs, images, compared }: Arguments): Promise<void> {
  const date = new Date().toISOString();
  const recipe = RECIPES.find(({ id }) => id === `deep-emotion.${name}`);
  if (!recipe) throw new MienError(`deep-emotion.${name}: is not a recipe`);
  const datasets = new Map<string, Dataset>(); // grey, and RGB where the steps give three channels
  const datasetOf = async ({ preprocess }: Recipe): Promise<Dataset> => {
    const known = datasets.get(preprocess.channels);
    if (known) return known;
    const whole = await findDataset(name).load(path, imageFormat(preprocess));
    const dataset = images === undefined ? whole : shortened(whole, images);
    datasets.set(preprocess.channels, dataset);
    return dataset;
  };
  const runs: Run[] = [];
  for (const seed of seeds) {
    for (const normalization of compared) {
      const own = recipeWith(recipe, normalization, epochs);
      runs.push(await trainAndTest(own, normalization, seed, await datasetOf(own), out));
    }
  }
  process.stdout.write(`${table(runs, compared)}\n`);
  if (images !== undefined) return; // no figure that anybody should cite
  const report = { machine: describeMachine(), date, commit: currentCommit(), dataset: name, seeds, epochs, runs };
  const file = await writeResult(`${JSON.stringify(report, null, 2)}\n`, {
    date,
    commit: report.commit,
    name: `normalization-${name}`,
  });
  log(`written to ${file}`);
}

await runProgram(log, parseArguments, main);
