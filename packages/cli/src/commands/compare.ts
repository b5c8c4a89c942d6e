/**
 * `mien compare`: several models on several datasets, or classifiers on features of several, over the classes that all
 * share.
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { loadClassifier, readFeatureFolder } from 'mienjs/predict/node';
import type { ExpressionClassifier } from 'mienjs/predict';
import { CLASSIFIER_KINDS, type ClassifierKind, type Selection } from 'mienjs/classifiers';
import {
  classifierFit,
  crossDatabase,
  crossDatabaseTable,
  crossFeatures,
  crossImages,
  crossNetwork,
  ownFeatures,
  type CrossFeatures,
  type CrossImages,
} from 'mienjs/studies';
import type { Device } from 'mienjs/runtime';
import { loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { dataOption, deviceOption, threadsOption, wholeNumber, type DataOption } from '../options.ts';
import { Progress } from '../output.ts';
import { printTable, withTableOptions, type TableOptions } from '../table-output.ts';
import { outputFile, planFiles } from '../outputs/guard.ts';
import { comparisonKind } from '../outputs/kinds.ts';

interface CompareOptions extends TableOptions, DataInputOptions {
  readonly data?: readonly DataOption[];
  readonly fit?: ClassifierKind;
  readonly select: Selection;
  readonly balance?: true;
  readonly seed: number;
  readonly split?: ReadonlyMap<string, string>;
  readonly device: Device;
  readonly threads?: number;
}

const NOTES = `
With --fit the arguments are folders that \`mien features\` wrote, of the same feature on several databases: a classifier is trained on each
and tested on the others (Li & Deng 2019, section III-B: hog, svm-rbf, --balance). The settings of svm and svm-rbf are chosen for --select by
cross-validation; lda (with nearest neighbour) is shrunk by 0.1 where features outnumber samples.

Each model is tested on each dataset over the classes that all of them share; samples with other labels are left out and counted.
If a model has several outputs, the one trained on a dataset's labels is used, otherwise the first; its probabilities are
renormalised over the shared classes. † marks a dataset that the model was trained on.

--json: { "classes", "tests", "rows": [{ "name", "trainedOn", "cells": [{ "within" (trained on it), "n", "leftOut", "accuracy",
"meanAccuracy", "confusion" (rows: labels; the last column: another class) }] }] }. What is undefined is null.`;

export function register(program: Command): void {
  const command = withDataInput(
    program
      .command('compare')
      .description('models on several datasets, across databases')
      .argument('<model...>', 'installed models (see `mien models`), or .onnx files; with --fit, folders of features')
      .addOption(
        dataOption('a dataset to test models on (see `mien data`), and where it is; may be given several times'),
      )
      .addOption(
        new Option('--fit <classifier>', 'compare features: train this on each folder')
          .choices(CLASSIFIER_KINDS)
          .conflicts(['data', 'split', 'frames', 'align', 'memory']),
      )
      .addOption(
        new Option('--select <metric>', 'metric for which hyperparameters are tuned, with --fit')
          .choices(['mean-accuracy', 'accuracy'])
          .default('mean-accuracy'),
      )
      .option('--balance', 'train on as many samples of each folder as the smallest has, with --fit')
      .option('--seed <n>', 'seed of the samples and the classifiers, with --fit', wholeNumber(0), 1)
      .option(
        '--split <name=split>',
        'which split of a dataset, by its name or as train, validation or test (default: its test split, or else its validation split); may be given several times',
        splitOption,
      )
      .addOption(deviceOption())
      .addOption(threadsOption()),
  );
  planFiles<CompareOptions>(command, ({ out, data = [], codes }, models) => ({
    inputs: [codes, ...models, ...data.map(({ path }) => path)],
    outputs: outputFile('--out', out, comparisonKind),
  }));
  withTableOptions(command)
    .addHelpText('after', NOTES)
    .action(async (models: string[], options: CompareOptions) => {
      if (options.fit !== undefined) {
        if (models.length < 2) command.error('error: --fit: expected two or more folders of features');
        await compareFeatures(models, options.fit, options);
        return;
      }
      if (options.data === undefined)
        command.error(
          'error: expected --data NAME=PATH to test models on, or --fit CLASSIFIER to compare folders of features',
        );
      const names = (options.data ?? []).map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) < i);
      if (twice !== undefined) command.error(`error: --data ${twice}: given twice`);
      for (const name of options.split?.keys() ?? [])
        if (!names.includes(name)) command.error(`error: --split ${name}: no such --data`);
      await compare(models, options);
    });
}

function splitOption(value: string, previous: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, split] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === undefined || split === undefined)
    throw new InvalidArgumentError('Expected NAME=SPLIT, such as fer2013=PublicTest.');
  return new Map([...(previous ?? []), [name, split]]);
}

async function compare(
  models: readonly string[],
  { data = [], split, device, threads, ...given }: CompareOptions,
): Promise<void> {
  const classifiers: ExpressionClassifier[] = [];
  let bar: Progress | undefined;
  try {
    for (const model of models)
      classifiers.push(await loadClassifier(model, { device, ...(threads === undefined ? {} : { threads }) }));
    const first = classifiers[0]!.format;
    const tests: CrossImages[] = [];
    for (const option of data)
      tests.push(await crossImages((format) => loadData(option, format, given, data), first, split?.get(option.name)));
    const result = await crossDatabase(classifiers.map(crossNetwork), tests, {
      onProgress: (done, total, what) => (bar ??= new Progress('compare', total)).update(done, what),
    });
    bar?.finish();
    await printTable(crossDatabaseTable(result), result, given);
  } finally {
    bar?.finish();
    for (const classifier of classifiers) await classifier.release();
  }
}

async function compareFeatures(
  folders: readonly string[],
  kind: ClassifierKind,
  { select, balance, seed, ...output }: CompareOptions,
): Promise<void> {
  const databases: CrossFeatures[] = [];
  for (const folder of folders) databases.push(await readFeatureFolder(folder));
  const bar = new Progress('compare', folders.length * (folders.length - 1));
  try {
    const predictors = crossFeatures(databases, classifierFit(kind, { select, seed }), {
      balance: balance === true,
      seed,
    });
    const result = await crossDatabase(predictors, databases, {
      skip: ownFeatures,
      onProgress: (done, _, what) => bar.update(done, what),
    });
    bar.finish();
    const table = crossDatabaseTable(result);
    await printTable(
      {
        ...table,
        notes: [
          ...(table.notes ?? []),
          `Classifier: ${kind}, ${balance ? `trained on as many samples of each, drawn by seed ${seed}` : 'trained on all samples'}.`,
        ],
      },
      { classifier: kind, ...result },
      output,
    );
  } finally {
    bar.finish();
  }
}
