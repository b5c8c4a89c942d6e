/** `mien compare`: several models on several datasets, over the classes that all share. */
import { InvalidArgumentError, type Command } from 'commander';
import { loadClassifier, type ExpressionClassifier } from 'mien';
import { imageFormat, loadDataset } from 'mien/data';
import { crossDatabase, crossDatabaseTable, crossImages, crossNetwork, type CrossImages } from 'mien/evaluate';
import { dataOption, deviceOption, threadsOption, type DataOption } from '../options.ts';
import { Progress } from '../output.ts';
import { printTable, withTableOptions, type TableOptions } from '../table-output.ts';

interface CompareOptions extends TableOptions {
  readonly data: readonly DataOption[];
  readonly split?: ReadonlyMap<string, string>;
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  readonly threads?: number;
}

const NOTES = `
Each model is tested on each dataset over the classes that all of them share; samples with other labels are left out and counted.
Of a model with several outputs, the one that was trained on a dataset's labels is taken, otherwise the first; its probabilities are
renormalised over the shared classes. † marks a dataset that the model was trained on.

--json: { "classes", "tests", "rows": [{ "name", "trainedOn", "cells": [{ "within" (trained on it), "n", "leftOut", "accuracy",
"meanAccuracy", "confusion" (rows: labels; the last column: another class) }] }] }. What is undefined is null.`;

export function register(program: Command): void {
  const command = program
    .command('compare')
    .description('models on several datasets, across databases')
    .argument('<model...>', 'installed models (see `mien models`), or .onnx files')
    .addOption(dataOption('a dataset to test on (see `mien data`), and where it is; may be given several times').makeOptionMandatory())
    .option('--split <name=split>', "which split of a dataset (default: its last); may be given several times", splitOption)
    .addOption(deviceOption())
    .addOption(threadsOption());
  withTableOptions(command)
    .addHelpText('after', NOTES)
    .action(async (models: string[], options: CompareOptions) => {
      const names = options.data.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) < i);
      if (twice !== undefined) command.error(`error: --data ${twice}: given twice`);
      for (const name of options.split?.keys() ?? []) if (!names.includes(name)) command.error(`error: --split ${name}: no such --data`);
      await compare(models, options);
    });
}

function splitOption(value: string, previous: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, split] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === undefined || split === undefined) throw new InvalidArgumentError('Expected NAME=SPLIT, such as fer2013=PublicTest.');
  return new Map([...(previous ?? []), [name, split]]);
}

async function compare(models: readonly string[], { data, split, device, threads, ...output }: CompareOptions): Promise<void> {
  const classifiers: ExpressionClassifier[] = [];
  let bar: Progress | undefined;
  try {
    for (const model of models) classifiers.push(await loadClassifier(model, { device, ...(threads === undefined ? {} : { threads }) }));
    const first = imageFormat(classifiers[0]!.preprocess);
    const tests: CrossImages[] = [];
    for (const { name, path } of data) tests.push(await crossImages((format) => loadDataset(name, path, format), first, split?.get(name)));
    const result = await crossDatabase(classifiers.map(crossNetwork), tests, {
      progress: (done, total, what) => (bar ??= new Progress('compare', total)).update(done, what),
    });
    bar?.finish();
    await printTable(crossDatabaseTable(result), result, output);
  } finally {
    bar?.finish();
    for (const classifier of classifiers) await classifier.release();
  }
}
