/**
 * npm run study -- ferplus=FOLDER [--out runs/dlp-study] [--seeds 1,2,3]
 *
 * Li & Deng's (2019) comparison (table VI) on data at hand: baseDCNN by softmax alone and with center, island and
 * locality-preserving loss, by the network's own softmax and by linear SVMs on its features. Networks that are in the
 * folder already are not trained again, and their figures (figures.json beside the card) not measured again. Prints a
 * Markdown table, and writes it with each run's figures to bench/results/.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MienError } from 'mienjs';
import { exists } from 'mienjs/files';
import { loadClassifier, FeatureExtractor } from 'mienjs/predict/node';
import { fitLinearSvm, predictLinearSvm } from 'mienjs/classifiers';
import { imageFormat, type Dataset } from 'mienjs/data';
import { findDataset } from 'mienjs/data/node';
import { evaluateModel, trainModel } from 'mienjs/evaluate';
import { accuracy, confusionMatrix, meanAccuracy, spread } from 'mienjs/metrics';
import { percentCell, spreadCell } from 'mienjs/report';
import type { Recipe } from 'mienjs/train';
import { RECIPES } from 'mienjs/recipes';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, seedsArgument } from '../program.ts';
import { writeResult } from '../results.ts';

const METHODS = ['base-dcnn', 'center', 'island', 'dlp-cnn'] as const;

interface Figures {
  readonly accuracy: number;
  readonly meanAccuracy: number;
}

interface Run {
  readonly method: string;
  readonly seed: number;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly softmax: Figures;
  readonly svm: Figures & { readonly C: number; readonly crossValidated: number; readonly seconds: number };
}

/** What is read of a model's card. */
interface Card {
  readonly sha256: string;
  readonly training: { readonly epochs: number; readonly bestEpoch: number };
}

const log = logAs('study');

interface Arguments {
  readonly dataset: string;
  readonly path: string;
  readonly out: string;
  readonly seeds: readonly number[];
}

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: 'runs/dlp-study' }, seeds: { type: 'string', default: '1,2,3' } },
  });
  return { ...datasetArgument(positionals), out: values.out, seeds: seedsArgument(values.seeds) };
}

/** Trains what is not there yet. @returns the folder that holds the model and its card */
async function trained(recipe: Recipe, seed: number, dataset: Dataset, licence: string, out: string): Promise<string> {
  const folder = join(out, `${recipe.id.split('.')[0]!}-${seed}`);
  if (await exists(join(folder, `${recipe.id}.json`))) return folder;
  log(`${recipe.id}, seed ${seed}: training`);
  await trainModel(recipe, {
    dataset,
    licence,
    out: folder,
    seed,
    resume: await exists(join(folder, 'last.safetensors')),
    onEpoch: ({ epoch, accuracies }) => log(`epoch ${epoch} of ${recipe.epochs}: ${percentCell(accuracies[0]!)} %`),
  });
  return folder;
}

/** The figures of a run: those that stand beside its card, if they are of the same model file, otherwise measured. */
async function figuresOf(recipe: Recipe, seed: number, dataset: Dataset, folder: string): Promise<Run> {
  const card = JSON.parse(await readFile(join(folder, `${recipe.id}.json`), 'utf8')) as Card;
  const file = join(folder, 'figures.json');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as { sha256: string; run: Run },
    () => undefined,
  );
  if (kept?.sha256 === card.sha256) return kept.run;
  log(`${recipe.id}, seed ${seed}: features and support vector machines`);
  const run = await measure(recipe, seed, dataset, join(folder, `${recipe.id}.onnx`), card);
  await writeFile(file, `${JSON.stringify({ sha256: card.sha256, run }, null, 2)}\n`);
  return run;
}

async function measure(
  recipe: Recipe,
  seed: number,
  dataset: Dataset,
  path: string,
  { training: { epochs, bestEpoch } }: Card,
): Promise<Run> {
  const { trainSplit, validationSplit } = recipe.data;
  const classifier = await loadClassifier(path);
  const { accuracy: softmaxAccuracy, meanAccuracy: softmaxMean } = await evaluateModel(classifier, dataset, {
    split: validationSplit,
  });
  await classifier.release();

  const extractor = await FeatureExtractor.create(path);
  const [train, test] = [
    await dataset.loadSplit(trainSplit, 'train'),
    await dataset.loadSplit(validationSplit, 'evaluate'),
  ];
  const [x, xTest] = [await extractor.extract(train), await extractor.extract(test)];
  await extractor.release();
  const started = performance.now();
  const { model, tuning } = fitLinearSvm(
    { x, y: train.labels, classCount: train.classes.length },
    {
      onProgress: ({ setting, score }) =>
        log(`C ${setting.toPrecision(3)}: mean accuracy ${percentCell(score)} % in cross-validation`),
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const confusion = confusionMatrix(test.labels, predictLinearSvm(model, xTest), test.classes.length);
  const crossValidated = Math.max(...tuning.map(({ score }) => score));
  return {
    method: recipe.id.split('.')[0]!,
    seed,
    epochs,
    bestEpoch,
    softmax: { accuracy: softmaxAccuracy, meanAccuracy: softmaxMean },
    svm: { accuracy: accuracy(confusion), meanAccuracy: meanAccuracy(confusion), C: model.C, crossValidated, seconds },
  };
}

function table(runs: readonly Run[]): string {
  const rows = METHODS.map((method) => {
    const own = runs.filter((run) => run.method === method);
    const cells = [
      (r: Run) => r.softmax.accuracy,
      (r: Run) => r.softmax.meanAccuracy,
      (r: Run) => r.svm.accuracy,
      (r: Run) => r.svm.meanAccuracy,
    ];
    return `| ${method} | ${cells.map((cell) => spreadCell(spread(own.map(cell)))).join(' | ')} |`;
  });
  return [
    '| network | softmax: accuracy | mean accuracy | SVM: accuracy | mean accuracy |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

async function main({ dataset: name, path, out, seeds }: Arguments): Promise<void> {
  const date = new Date().toISOString();
  const recipes = METHODS.map((method) => {
    const recipe = RECIPES.find(({ id }) => id === `${method}.${name}`);
    if (!recipe) throw new MienError(`${method}.${name}: is not a recipe`);
    return recipe;
  });
  const definition = findDataset(name);
  const dataset = await definition.load(path, imageFormat(recipes[0]!.preprocess));
  const runs: Run[] = [];
  for (const seed of seeds) {
    for (const recipe of recipes) {
      const folder = await trained(recipe, seed, dataset, definition.licence, out);
      runs.push(await figuresOf(recipe, seed, dataset, folder));
    }
  }
  process.stdout.write(`${table(runs)}\n`);
  const report = { machine: describeMachine(), date, commit: currentCommit(), dataset: name, seeds, runs };
  const file = await writeResult(`${JSON.stringify(report, null, 2)}\n`, {
    date,
    commit: report.commit,
    name: `losses-${name}`,
  });
  log(`written to ${file}`);
}

await runProgram(log, parseArguments, main);
