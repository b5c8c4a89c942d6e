/**
 * npm run study:face-network -- ferplus=FOLDER [--out runs/face-network-study] [--epochs 8] [--seed 1] [--images N]
 *
 * The survey's question (Li & Deng 2020, section 4.1.1): what a start from a network that learned to tell people apart gains
 * on expressions. dlib's network starts from its weights (npm install @vladmandic/face-api), and from seeded ones, on the
 * same images for as many epochs. A run that is in the folder already goes on where it stopped. Prints a Markdown table of
 * the epoch that is best on FER+, and writes it with each epoch's figures to bench/results/.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MienError } from 'mienjs';
import { exists } from 'mienjs/files';
import { imageFormat, type Dataset } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { startFrom } from 'mienjs/evaluate';
import { RECIPES } from 'mienjs/recipes';
import { percentCell } from 'mienjs/report';
import { fit, type EpochRecord, type Recipe } from 'mienjs/train';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';
import { shortened } from './shortened.ts';

const COMPARED = ['face-resnet.ferplus', 'face-resnet.scratch.ferplus'];

interface Run {
  readonly recipe: string;
  readonly start: string;
  readonly lr: number;
  readonly bestEpoch: number;
  /** Of all epochs, validation included. */
  readonly seconds: number;
  /** `accuracies` are of FER+ and FER2013, on the validation images that FER+ labels by majority. */
  readonly history: readonly EpochRecord[];
}

interface Arguments {
  readonly path: string;
  readonly out: string;
  /** The recipes' when undefined. */
  readonly epochs: number | undefined;
  readonly seed: number;
  /** The first so many of each split; all when undefined. */
  readonly images: number | undefined;
}

const log = logAs('study');

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string', default: 'runs/face-network-study' },
      epochs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      images: { type: 'string' },
    },
  });
  const { dataset, path } = datasetArgument(positionals);
  if (dataset !== 'ferplus') throw new TypeError('expected ferplus=FOLDER, of FER2013 and FER+');
  const whole = (flag: 'epochs' | 'images'): number | undefined =>
    values[flag] === undefined ? undefined : wholeArgument(flag, values[flag], 1);
  return {
    path,
    out: values.out,
    epochs: whole('epochs'),
    seed: wholeArgument('seed', values.seed, 0),
    images: whole('images'),
  };
}

async function trained(recipe: Recipe, dataset: Dataset, { out, epochs, seed }: Arguments): Promise<Run> {
  const folder = join(out, `${recipe.id}-${seed}`);
  const resume = await exists(join(folder, 'last.safetensors'));
  log(`${recipe.id}: ${resume ? 'goes on' : 'training'}`);
  const start = resume || recipe.start === undefined ? undefined : await startFrom(recipe, recipe.start, { seed });
  const { history, bestEpoch } = await fit(recipe, {
    dataset,
    out: folder,
    seed,
    resume,
    ...(epochs === undefined ? {} : { epochs }),
    ...(start ? { weights: start.weights, startedFrom: start.startedFrom, measureNorms: start.measureNorms } : {}),
    onEpoch: ({ epoch, accuracies, seconds }) =>
      log(
        `${recipe.id}, epoch ${epoch}: ${accuracies.map((a) => percentCell(a)).join(', ')} %, ${seconds.toFixed(0)} s`,
      ),
  });
  return {
    recipe: recipe.id,
    start: recipe.start ?? 'seeded weights',
    lr: recipe.lr,
    bestEpoch,
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    history,
  };
}

function table(runs: readonly Run[]): string {
  const rows = runs.map(({ start, lr, bestEpoch, seconds, history }) => {
    const [ferplus, fer2013] = history[bestEpoch - 1]!.accuracies.map((a) => percentCell(a));
    return `| ${start} | ${lr} | ${bestEpoch} of ${history.length} | ${ferplus} | ${fer2013} | ${seconds.toFixed(0)} |`;
  });
  return [
    '| start | learning rate | epoch | FER+, % | FER2013, the same images, % | seconds |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function main(args: Arguments): Promise<void> {
  const { path, seed, images } = args;
  const date = new Date().toISOString();
  const recipes = COMPARED.map((id) => {
    const recipe = RECIPES.find((r) => r.id === id);
    if (!recipe) throw new MienError(`${id}: is not a recipe`);
    return recipe;
  });
  const whole = await findDataset('ferplus').load(path, imageFormat(recipes[0]!.preprocess));
  const dataset = images === undefined ? whole : shortened(whole, images);
  const runs: Run[] = [];
  for (const recipe of recipes) runs.push(await trained(recipe, dataset, args));
  process.stdout.write(`${table(runs)}\n`);
  if (images !== undefined) return; // no figure that anybody should cite
  const report = { machine: describeMachine(), date, commit: currentCommit(), dataset: 'ferplus', seed, runs };
  const file = await writeResult(`${JSON.stringify(report, null, 2)}\n`, {
    date,
    commit: report.commit,
    name: 'face-network',
  });
  log(`written to ${file}`);
}

await runProgram(log, parseArguments, main);
