/** `mien evaluate`: the figures of a model on a split of a dataset. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { loadClassifier } from 'mien';
import { writeWhole } from 'mien/files';
import { imageFormat, roleOfSplit } from 'mien/data';
import { findProtocol } from 'mien/data/protocols';
import { evaluateModel, PROTOCOL_FORMATS, type ProtocolFormat, renderReport, type Evaluation } from 'mien/evaluate';
import { percentCell } from 'mien/report';
import { describeSplit, loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { accurateOption, dataOption, deviceOption, threadsOption, viewsOf, type DataOption, type ViewsOption } from '../options.ts';
import { log, print, printJson, Progress } from '../output.ts';
import { checkProtocolData } from '../protocol/databases.ts';
import { evaluateUnderProtocol } from '../protocol/evaluate.ts';
import { type Known, KNOWN } from '../protocol/known.ts';
import { addProtocolOptions, ALIGN_NOTES, refuseOptions, type ProtocolOptions } from '../protocol/options.ts';
import { jsonOutput, outputFile, outputFiles, planFiles } from '../outputs/guard.ts';
import { pageKind, protocolReportKind } from '../outputs/kinds.ts';

interface EvaluateOptions extends ProtocolOptions, DataInputOptions, ViewsOption {
  readonly data: readonly DataOption[];
  readonly split?: string;
  readonly report?: string;
  readonly format?: ProtocolFormat;
  readonly out?: string;
  readonly device: 'cpu' | 'webgpu' | 'cuda';
  readonly threads?: number;
  readonly json?: true;
}

const NOTES = `
Of a model with several outputs, the one that was trained on the dataset's labels is taken, otherwise the first, its
probabilities restricted to the dataset's classes. Images without a usable label do not count (FER+: without a majority).
Data without splits are measured whole.

--json: { "model", "dataset", "split", "head", "classes", "n", "accuracy", "meanAccuracy" (mean of the confusion
matrix's diagonal), "perClass": { CLASS: { "precision", "recall", "f1", "support" } }, "confusion" (rows: labels, columns:
predictions, counts), "ece" (15 bins), "reliability" (the bins), "withoutRepeats" (the figures without images that
the splits to train and to validate on also hold, byte for byte; null where there is none) }. What is undefined is null.

--protocol tests the model on every fold's test part, training nothing. --json: { "protocol", "databases", "source", "split",
"frames", "scored", "personIndependent", "model", "classes", "n", "accuracy": { "mean", "std" (of the sample, over folds) },
"meanAccuracy": the same, "pooled": { "accuracy", "meanAccuracy", "perClass", "confusion" }, "folds": [{ "name", "n",
"accuracy", "meanAccuracy", "confusion", … }], "leftOut", "notes" }.
${ALIGN_NOTES}`;

/** @param known databases and protocols */
export function register(program: Command, known: Known = KNOWN): void {
  const command = withDataInput(addProtocolOptions(program
    .command('evaluate')
    .description('accuracy, confusion and calibration of a model on a dataset')
    .argument('<model>', 'an installed model (see `mien models`), or an .onnx file')
    .addOption(dataOption('the dataset (see `mien data`), and where it is; several times with --protocol, where it needs several').makeOptionMandatory())
    .option('--split <name>', 'which split, by its name or as train, validation or test (default: the test split; where it has no labels, or there is none, the validation split)')
    .option('--report <folder>', 'write a page with tables and plots, report.html, into the folder')
    .addOption(accurateOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'one JSON document on stdout')))
    .addOption(new Option('--format <format>', 'with --protocol: of the report (default: markdown; latex needs the package booktabs)').choices(PROTOCOL_FORMATS).conflicts('json'))
    .option('--out <file>', 'with --protocol: write the report into this file')
    .addHelpText('after', NOTES);
  planFiles<EvaluateOptions>(command, ({ data, report, out, json, codes }, [model]) => ({
    inputs: [codes, model, ...data.map(({ path }) => path)],
    outputs: [...outputFiles('--report', report, { 'report.html': pageKind }), ...outputFile('--out', out, protocolReportKind), ...(out === undefined ? jsonOutput(json) : [])],
  }));
  command.action(async (model: string, options: EvaluateOptions) => {
    if (options.protocol !== undefined) {
      refuseOptions(command, { ...options }, ['split', 'report', 'columns', 'codes'], "cannot be used with option '--protocol'");
      const protocol = findProtocol(options.protocol, known.protocols);
      checkProtocolData(command, protocol, options.data);
      return evaluateUnderProtocol(model, protocol, options, known);
    }
    refuseOptions(command, { ...options }, ['format', 'out', 'align'], "needs option '--protocol'");
    if (options.data.length > 1) command.error('error: --data: expected one dataset, got several');
    const evaluation = await evaluate(model, options);
    if (options.report !== undefined) log(`report: ${await writeReport(options.report, evaluation)}`);
    if (options.json) await printJson(evaluation);
    else await print(describeEvaluation(evaluation));
  });
}

async function evaluate(model: string, { data, split, device, threads, ...options }: EvaluateOptions): Promise<Evaluation> {
  const classifier = await loadClassifier(model, { device, views: viewsOf(options), ...(threads === undefined ? {} : { threads }) });
  let bar: Progress | undefined;
  try {
    const dataset = await loadData(data[0]!, imageFormat(classifier.preprocess), options);
    const evaluation = await evaluateModel(classifier, dataset, {
      ...(split === undefined ? {} : { split }),
      progress: (done, total) => (bar ??= new Progress('evaluate', total)).update(done),
    });
    describeSplit(dataset, data[0]!.path, evaluation.split);
    const { classes: known, trainedOn } = classifier.model.heads.find(({ output }) => output === evaluation.head)!;
    const { split: measured } = evaluation;
    if (trainedOn === dataset.name && (roleOfSplit(measured) ?? 'train') === 'train') {
      log(`${data[0]!.path}: ${measured} may hold the images that the model was trained on, which flatter it; its card has figures on others`);
    }
    for (const name of evaluation.classes) {
      const { support } = evaluation.perClass[name]!;
      if (support > 0 && !known.includes(name)) log(`${evaluation.head} has no class "${name}": its ${support} images count as errors`);
    }
    return evaluation;
  } finally {
    bar?.finish();
    await classifier.release();
  }
}

/** @returns the path of the page */
async function writeReport(folder: string, evaluation: Evaluation): Promise<string> {
  const path = join(folder, 'report.html');
  await writeWhole(path, renderReport(evaluation));
  return path;
}

/** The figures as text: a summary, and a line for each class. */
export function describeEvaluation(e: Evaluation): string {
  const rows = e.classes.map((name) => {
    const { recall, precision, f1, support } = e.perClass[name]!;
    return [name, percentCell(recall), percentCell(precision), percentCell(f1), String(support)];
  });
  const lines = [
    `${e.model} (${e.head}) on ${e.dataset} ${e.split}: ${e.n} images`,
    `accuracy ${percentCell(e.accuracy)} %, mean accuracy ${percentCell(e.meanAccuracy)} %${Number.isNaN(e.ece) ? '' : `, calibration error ${percentCell(e.ece)} %`}`,
    ...[['class', 'recall', 'precision', 'f1', 'images'], ...rows].map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(12) : cell.padStart(10))).join('')),
  ];
  const w = e.withoutRepeats;
  if (w) lines.push(`without the ${w.repeats} images that are also in ${w.comparedWith.join(' or ')}: accuracy ${percentCell(w.accuracy)} % of ${w.n}`);
  return `${lines.join('\n')}\n`;
}
