/** `mien features`: features of a split as files, and classifiers trained on them. */
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import { FEATURES, SHAPE } from 'mienjs/features';
import { collectFeatures } from 'mienjs/predict';
import {
  openFeatureSource,
  type FeatureSource,
  featuresPath,
  writeFeatures,
  type FeatureFiles,
} from 'mienjs/predict/node';
import { writeWhole } from 'mienjs/files';
import {
  CLASSIFIER_KINDS,
  encodeClassifier,
  predictClasses,
  SCALINGS,
  type ClassifierKind,
  type Features,
  type ScalingKind,
  type Selection,
  fitClassifier,
} from 'mienjs/classifiers';
import {
  findSplit,
  normalizeImages,
  requireLabels,
  testSplit,
  trainSplit,
  type Dataset,
  type LabelledImages,
} from 'mienjs/data';
import { readNpy } from 'mienjs/data/node';
import { findProtocol } from 'mienjs/data/protocols';
import { formatNormalization } from 'mienjs/image';
import { evaluatePredictions, type Evaluation } from 'mienjs/evaluate';
import { Random } from 'mienjs/tensor';
import type { Device } from 'mienjs/runtime';
import { ALIGN_NOTES } from '../data/align.ts';
import { describeSplit, loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { dataOption, deviceOption, threadsOption, wholeNumber, type DataOption } from '../options.ts';
import { NORMALIZE_NOTES, normalizeOption, type NormalizeOptions } from '../normalize.ts';
import { log, print, printJson, Progress } from '../output.ts';
import { describeEvaluation } from '../evaluate/describe.ts';
import { jsonOutput, outputFiles, planFiles } from '../outputs/guard.ts';
import { classifierKind, featureFolderKinds, protocolReportKind } from '../outputs/kinds.ts';
import { checkProtocolData } from '../protocol/databases.ts';
import { featuresUnderProtocols, reportFiles } from '../protocol/features.ts';
import { type Known, KNOWN } from '../protocol/known.ts';
import { refuseOptions } from '../protocol/options.ts';

interface FeaturesOptions extends DataInputOptions, NormalizeOptions {
  readonly data: readonly DataOption[];
  readonly protocol?: readonly string[];
  readonly randomLabels?: true;
  readonly split?: string;
  readonly layer?: string;
  readonly out?: string;
  readonly fit?: ClassifierKind;
  readonly fitSplit?: string;
  readonly select: Selection;
  readonly scaling?: ScalingKind;
  readonly folds: number;
  readonly seed: number;
  readonly device: Device;
  readonly threads?: number;
  readonly json?: true;
}

const NOTES = `
The folder holds features.npy (NumPy: float32, a row for each image), manifest.jsonl (a line for each row: { "row", "id", "label" (null without
one), "split", "subject" where the dataset tells it }) and features.json ({ "source", "layer", "sha256" (of the model file), "dataset", "split", "classes", "count",
"dimensions" }); with --fit also classifier.json. lbp, hog and gabor are of the image at 100×100 px, grey, aligned where the data
have landmarks. shape is of the landmarks themselves (RAF-DB's 37, or 37 of 68) in the aligned face, in px: --fit scales it as two-sigma.

--fit trains a classifier on the features of one split and tests it on those of another: svm (linear, one against one), svm-rbf, lda (with the
nearest neighbour), forest. C, and γ of svm-rbf, are chosen by cross-validation on the first of them.

--json: what features.json says, and with --fit the document of \`mien evaluate\` ("ece" is null and "reliability" empty, as there are no
probabilities) with "layer" and "classifier": { "kind", "name", "fitSplit", "fitSamples", "tuning": [{ "setting", "score" }], "fitSeconds" }.
Where the data name people, cross-validation keeps the images of each together.

--protocol fits and tests the classifier in every fold of a protocol (Li & Deng 2019, Tables V and IX, are ck-plus.5-fold.6, jaffe.loso.7,
mmi.5-fold.6, sfew.official.7); several, as a,b, one after another. The reports go to stdout as Markdown and into --out as Markdown, LaTeX and JSON.
Both directions of Li & Deng 2019, Fig. 6: hog --fit svm-rbf --align eyes-mouth --protocol
raf-db-to-ck-plus.6-balanced,ck-plus-to-raf-db.6-balanced. --random-labels trains on labels drawn at random: what is reached without learning.
${ALIGN_NOTES}
${NORMALIZE_NOTES}
It comes before what a network does by its own file, and changes no landmarks; features.json has it as "normalize".`;

/** @param known databases and protocols */
export function register(program: Command, known: Known = KNOWN): void {
  const command = withDataInput(
    program
      .command('features')
      .description('features of images by a network or a descriptor, as NPY, and classifiers on them')
      .argument(
        '<source>',
        `an installed model (see \`mien models\`), an .onnx file, or ${[...FEATURES, SHAPE].map(({ name }) => name).join(', ')}`,
      )
      .addOption(
        dataOption(
          'the dataset (see `mien data`), and where it is; several times with --protocol, where it needs several',
        ).makeOptionMandatory(),
      )
      .option(
        '--protocol <id>',
        'with --fit: all folds of a protocol (see `mien data protocols`); several, as a,b',
        protocolList,
      )
      .option(
        '--split <name>',
        'which split, by its name or as train, validation or test (default: the test split; where it has no labels, or there is none, the validation split)',
      )
      .option(
        '--layer <name>',
        'a tensor of the network (default: what the last linear layer of the first output takes)',
      )
      .option('--out <folder>', 'write the features, with --protocol the reports, into this folder')
      .addOption(
        new Option('--fit <classifier>', 'train a classifier, and test it on the split').choices(CLASSIFIER_KINDS),
      )
      .option('--fit-split <name>', 'the split that it is trained on (default: the training split)')
      .addOption(
        new Option('--select <figure>', 'metric for which its hyperparameters are tuned')
          .choices(['mean-accuracy', 'accuracy'])
          .default('mean-accuracy'),
      )
      .addOption(
        new Option(
          '--scaling <kind>',
          'scaling of the features (default: standardise; two-sigma for shape, none for a forest)',
        ).choices(SCALINGS),
      )
      .option('--random-labels', 'train on labels drawn at random, to see what is reached without learning')
      .addOption(new Option('--folds <n>', 'folds of the cross-validation').argParser(wholeNumber(2)).default(5))
      .addOption(new Option('--seed <n>', 'seed of folds and forests').argParser(wholeNumber(0)).default(0))
      .addOption(normalizeOption('of the images, before features are taken'))
      .addOption(deviceOption())
      .addOption(threadsOption())
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES),
  );
  planFiles<FeaturesOptions>(command, ({ data, out, fit, json, codes, protocol }, [source]) => ({
    inputs: [codes, source, ...data.map(({ path }) => path)],
    outputs: [
      ...outputFiles(
        '--out',
        out,
        protocol === undefined
          ? { ...featureFolderKinds, ...(fit === undefined ? {} : { 'classifier.json': classifierKind }) }
          : Object.fromEntries(reportFiles(protocol).map((name) => [name, protocolReportKind])),
      ),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (source: string, options: FeaturesOptions) => {
    const { fit } = options;
    if (options.protocol !== undefined) {
      if (fit === undefined) return command.error("error: option '--protocol' needs option '--fit'");
      refuseOptions(
        command,
        { ...options },
        ['split', 'fitSplit', 'columns', 'codes', 'frames'],
        "cannot be used with option '--protocol'",
      );
      const protocols = options.protocol.map((id) => findProtocol(id, known.protocols));
      checkProtocolData(
        command,
        { id: protocols.map(({ id }) => id).join(', '), databases: protocols.flatMap(({ databases }) => databases) },
        options.data,
      );
      return withSource(source, options, (opened) =>
        featuresUnderProtocols(opened, protocols, { ...options, fit }, known),
      );
    }
    if (options.data.length > 1) command.error('error: --data: expected one dataset, got several');
    if (options.out === undefined && fit === undefined) command.error('error: expected --out, --fit or both');
    if (fit === undefined) refuseOptions(command, { ...options }, ['randomLabels'], "needs option '--fit'");
    await withSource(source, options, (opened) => run(opened, options));
  });
}

const protocolList = (text: string): string[] => {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.some((id) => id === '') || new Set(ids).size < ids.length)
    throw new InvalidArgumentError('Expected an id, or several with commas between, each once.');
  return ids;
};

/** Opens what the features are of, and releases it. */
async function withSource(
  source: string,
  { device, threads, layer }: FeaturesOptions,
  use: (opened: FeatureSource) => Promise<void>,
): Promise<void> {
  const opened = await openFeatureSource(source, {
    device,
    ...(threads === undefined ? {} : { threads }),
    ...(layer === undefined ? {} : { layer }),
  });
  try {
    await use(opened);
  } finally {
    await opened.release();
  }
}

async function run(source: FeatureSource, options: FeaturesOptions): Promise<void> {
  const dataset = await loadData(options.data[0]!, source.format, options);
  const split = options.split === undefined ? testSplit(dataset) : findSplit(dataset, options.split);
  const images = normalized(await dataset.loadSplit(split, 'evaluate'), options);
  describeSplit(dataset, options.data[0]!.path, split);
  const { out } = options;
  const files =
    out === undefined
      ? undefined
      : await withProgress(`features ${split}`, (tell) =>
          writeFeatures(source, { dataset: dataset.name, split, images, ...normalizationOf(options) }, out, tell),
        );
  if (options.fit !== undefined) return fitAndReport(source, options.fit, dataset, split, images, options);
  if (options.json) await printJson(files);
  else await print(describeFiles(files!, out!));
}

const normalized = (images: LabelledImages, { normalize }: NormalizeOptions): LabelledImages =>
  normalize === undefined ? images : normalizeImages(images, normalize);

const normalizationOf = ({ normalize }: NormalizeOptions): { normalize?: string } =>
  normalize === undefined ? {} : { normalize: formatNormalization(normalize) };

async function fitAndReport(
  source: FeatureSource,
  kind: ClassifierKind,
  dataset: Dataset,
  split: string,
  images: LabelledImages,
  options: FeaturesOptions,
): Promise<void> {
  const fitSplit = options.fitSplit === undefined ? trainSplit(dataset) : findSplit(dataset, options.fitSplit);
  if (fitSplit === split)
    throw new InputError(dataset.name, `--fit: would train and test on the same split, "${split}"`);
  requireLabels(dataset, split, images);
  const train = normalized(await dataset.loadSplit(fitSplit, 'evaluate'), options);
  requireLabels(dataset, fitSplit, train);
  const x = await withProgress(`features ${fitSplit}`, (tell) => collectFeatures(source, train, tell));
  const start = performance.now();
  const { select, scaling = source.scaling, folds, seed, randomLabels } = options;
  const random = new Random(seed, 'random-labels');
  const fitted = fitClassifier(
    kind,
    {
      x,
      y: randomLabels
        ? train.labels.map((label) => (label < 0 ? label : random.int(train.classes.length)))
        : train.labels,
      classCount: train.classes.length,
      ...(train.subjects ? { people: train.subjects } : {}),
    },
    {
      select,
      folds,
      seed,
      ...(scaling ? { scaling } : {}),
      onProgress: (line) => log(`${kind}: ${line}`),
    },
  );
  const fitSeconds = (performance.now() - start) / 1000;
  const tested =
    options.out === undefined
      ? await withProgress(`features ${split}`, (tell) => collectFeatures(source, images, tell))
      : ((await readNpy(featuresPath(options.out))) as Features);
  const predicted = predictClasses(fitted.model, tested);
  const evaluation = await evaluatePredictions(
    {
      model: `${source.name} + ${fitted.name}${randomLabels ? ' of random labels' : ''}`,
      head: source.layer ?? source.name,
    },
    dataset,
    split,
    images,
    predicted,
  );
  if (options.out !== undefined) await writeWhole(join(options.out, 'classifier.json'), encodeClassifier(fitted.model));
  const fitSamples = train.labels.filter((label) => label >= 0).length;
  if (options.json)
    await printJson(
      document(evaluation, source, {
        kind,
        name: fitted.name,
        fitSplit,
        fitSamples,
        tuning: fitted.tuning,
        fitSeconds,
      }),
    );
  else
    await print(
      `trained on ${fitSamples} images of ${fitSplit} in ${fitSeconds.toFixed(1)} s\n${describeEvaluation(evaluation)}`,
    );
}

function document(evaluation: Evaluation, { layer }: FeatureSource, classifier: object): object {
  return { ...evaluation, layer, classifier };
}

async function withProgress<T>(
  label: string,
  work: (tell: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let bar: Progress | undefined;
  try {
    return await work((done, total) => (bar ??= new Progress(label, total)).update(done));
  } finally {
    bar?.finish();
  }
}

function describeFiles({ source, layer, dataset, split, count, dimensions }: FeatureFiles, folder: string): string {
  return `${source}${layer === null ? '' : ` (${layer})`} on ${dataset} ${split}: ${count} images, ${dimensions} values each, in ${folder}\n`;
}
