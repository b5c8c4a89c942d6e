/** `mien evaluate`: the figures of a model on a split of a dataset. */
import { type Command, Option } from 'commander';
import { findProtocol } from 'mienjs/data/protocols';
import { ENSEMBLE_METHODS } from 'mienjs/evaluate';
import { PROTOCOL_FORMATS, type ProtocolFormat } from 'mienjs/protocols';
import { withDataInput } from '../data/data-input.ts';
import { modelNames } from '../evaluate/models.ts';
import { measure, type MeasureOptions } from '../evaluate/run.ts';
import { accurateOption, dataOption, deviceOption, threadsOption, wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { checkProtocolData } from '../protocol/databases.ts';
import { evaluateUnderProtocol } from '../protocol/evaluate.ts';
import { type Known, KNOWN } from '../protocol/known.ts';
import { addProtocolOptions, refuseOptions, type ProtocolOptions } from '../protocol/options.ts';
import { ALIGN_NOTES } from '../data/align.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { protocolReportKind } from '../outputs/kinds.ts';
import { reportPage, writeReportPage } from '../outputs/report-page.ts';

interface EvaluateOptions extends ProtocolOptions, MeasureOptions {
  readonly report?: string;
  readonly format?: ProtocolFormat;
  readonly out?: string;
  readonly json?: true;
}

const NOTES = `
If a model has several outputs, the one trained on the dataset's labels is used, otherwise the first, its
probabilities restricted to the dataset's classes. Images without a usable label do not count (FER+: without a majority).
Data without splits are measured whole.

--json: { "model", "dataset", "split", "head", "classes", "n", "accuracy", "meanAccuracy" (mean of the confusion
matrix's diagonal), "perClass": { CLASS: { "precision", "recall", "f1", "support" } }, "confusion" (rows: labels, columns:
predictions, counts), "ece" (15 bins), "reliability" (the bins), "withoutRepeats" (the figures without images that
the splits to train and to validate on also hold, byte for byte, and in "near" without near-identical ones too; null where there is none), "intervals" (bootstrap: "level", "resamples",
"seed", "accuracy": [low, high], "meanAccuracy": [low, high]), "coverage": [{ "threshold", "coverage", "accuracy" }] (answering from a
confidence on), "uncertain": { "below", "coverage", "accuracy", "accuracyOfAll" } (the model's own threshold; null without one),
"labelSets": [{ "dataset", "classes", "n", "accuracy", "meanAccuracy", "intervals" }] (the dataset's other rules of labels),
"unclear": [{ "reason", "n", "flagged" }] (images that the rules leave out as unclear, and how many the threshold finds; empty without one), "mistakes":
[{ "id", "label", "prediction", "confidence" }] (the most confident) }. What is undefined is null.

--robustness measures the accuracy when the images are blurred, noisy, compressed, small, dark, of low contrast, partly covered, turned,
or framed wrongly, in several strengths each, and by how far the head is turned. JSON: "robustness": { "n", "of", "seed", "accuracy",
"changes": [{ "kind", "what", "figures": [{ "strength", "accuracy", "meanAccuracy", "interval", "lost" }] }], "yaw": [{ "low", "high",
"n", "accuracy" }] }.

Several models, as a,b, are compared: each one's figures, and McNemar's exact test of each pair. --json: { "dataset", "split", "n",
"models": [one document each], "comparisons": [{ "first", "second", "bothRight", "onlyFirst", "onlySecond", "bothWrong", "difference",
"interval", "pValue" }] }. --ensemble makes them one: the document is the ensemble's own, with "ensemble": { "method", "members": [each
one's document, and its "weight"], "weights": { "weights", "exponent", "fittedOn", "crossValidated" } (null but for weighted), "bytes" }
and "comparisons" with each member. Weights follow the members' accuracy on --weights-split, which no member should be trained on; without
it, or where it is the split that is measured, each fifth of that split is answered with weights that the other four chose.

--protocol tests the model on every fold's test part, training nothing. --json: { "protocol", "databases", "source", "split",
"frames", "scored", "personIndependent", "model", "classes", "n", "accuracy": { "mean", "std" (of the sample, over folds) },
"meanAccuracy": the same, "pooled": { "accuracy", "meanAccuracy", "perClass", "confusion" }, "folds": [{ "name", "n",
"accuracy", "meanAccuracy", "confusion", … }], "leftOut", "notes" }.
${ALIGN_NOTES}`;

/** @param known databases and protocols */
export function register(program: Command, known: Known = KNOWN): void {
  const command = withDataInput(
    addProtocolOptions(
      program
        .command('evaluate')
        .description('accuracy, confusion and calibration of a model on a dataset')
        .argument(
          '<model>',
          'an installed model (see `mien models`), or an .onnx file; several, as a,b, to compare them or for --ensemble',
        )
        .addOption(
          dataOption(
            'the dataset (see `mien data`), and where it is; several times with --protocol, where it needs several',
          ).makeOptionMandatory(),
        )
        .option(
          '--split <name>',
          'which split, by its name or as train, validation or test (default: the test split; where it has no labels, or there is none, the validation split)',
        )
        .option('--report <folder>', 'write a page with tables and plots, report.html, into the folder')
        .addOption(accurateOption())
        .option(
          '--robustness',
          'accuracy under blur, noise, compression, darkness, occlusion, turns, framing errors and head yaw too',
        )
        .option(
          '--robustness-images <n>',
          'measure --robustness on so many images, drawn at random (default: all)',
          wholeNumber(1),
        )
        .addOption(
          new Option(
            '--ensemble <method>',
            'several models as one: mean of their probabilities, weighted by accuracy on other images, or majority vote',
          ).choices(ENSEMBLE_METHODS),
        )
        .option(
          '--weights-split <name>',
          'with --ensemble weighted: fit the weights on this split (default: on the measured one, by cross-validation)',
        )
        .addOption(deviceOption())
        .addOption(threadsOption())
        .option('--json', 'one JSON document on stdout'),
    ),
  )
    .addOption(
      new Option(
        '--format <format>',
        'with --protocol: format of the report (default: markdown; latex needs the package booktabs)',
      )
        .choices(PROTOCOL_FORMATS)
        .conflicts('json'),
    )
    .option('--out <file>', 'with --protocol: write the report into this file')
    .addHelpText('after', NOTES);
  planFiles<EvaluateOptions>(command, async ({ data, report, out, json, codes }, [model]) => ({
    inputs: [codes, ...(await modelNames(model!)), ...data.map(({ path }) => path)],
    outputs: [
      ...reportPage(report),
      ...outputFile('--out', out, protocolReportKind),
      ...(out === undefined ? jsonOutput(json) : []),
    ],
  }));
  command.action(async (model: string, options: EvaluateOptions) => {
    if (options.protocol !== undefined) {
      refuseOptions(
        command,
        { ...options },
        ['split', 'report', 'columns', 'codes', 'frames', 'robustness', 'robustnessImages', 'ensemble', 'weightsSplit'],
        "cannot be used with option '--protocol'",
      );
      const protocol = findProtocol(options.protocol, known.protocols);
      checkProtocolData(command, protocol, options.data);
      return evaluateUnderProtocol(model, protocol, options, known);
    }
    refuseOptions(command, { ...options }, ['format', 'out'], "needs option '--protocol'");
    if (options.data.length > 1) command.error('error: --data: expected one dataset, got several');
    const names = await modelNames(model);
    if (options.ensemble !== undefined && names.length < 2)
      command.error('error: --ensemble: expected two models or more, as a,b');
    if (options.weightsSplit !== undefined && options.ensemble !== 'weighted')
      command.error("error: --weights-split needs '--ensemble weighted'");
    if (options.robustness && names.length > 1) command.error('error: --robustness: expected one model');
    if (options.robustnessImages !== undefined && !options.robustness)
      command.error("error: --robustness-images needs option '--robustness'");
    const measured = await measure(names, options);
    if (options.report !== undefined) await writeReportPage(options.report, await measured.page());
    if (options.json) await printJson(measured.document);
    else await print(measured.text);
  });
}
