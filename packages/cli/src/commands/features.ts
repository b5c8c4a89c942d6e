/** `mien features`: features of a split as files, and classifiers trained on them. */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { InputError } from 'mienjs';
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
import { formatNormalization } from 'mienjs/image';
import { evaluatePredictions, type Evaluation } from 'mienjs/evaluate';
import { describeSplit, loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { dataOption, deviceOption, threadsOption, wholeNumber, type DataOption } from '../options.ts';
import { NORMALIZE_NOTES, normalizeOption, type NormalizeOptions } from '../normalize.ts';
import { log, print, printJson, Progress } from '../output.ts';
import { describeEvaluation } from '../evaluate/describe.ts';
import { jsonOutput, outputFiles, planFiles } from '../outputs/guard.ts';
import { classifierKind, featureFolderKinds } from '../outputs/kinds.ts';

interface FeaturesOptions extends DataInputOptions, NormalizeOptions {
  readonly data: readonly DataOption[];
  readonly split?: string;
  readonly layer?: string;
  readonly out?: string;
  readonly fit?: ClassifierKind;
  readonly fitSplit?: string;
  readonly select: Selection;
  readonly scaling?: ScalingKind;
  readonly folds: number;
  readonly seed: number;
  readonly device: 'cpu' | 'webgpu' | 'cuda';
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
${NORMALIZE_NOTES}
It comes before what a network does by its own file, and changes no landmarks; features.json has it as "normalize".`;

export function register(program: Command): void {
  const command = withDataInput(
    program
      .command('features')
      .description('features of images by a network or a descriptor, as NPY, and classifiers on them')
      .argument('<source>', 'an installed model (see `mien models`), an .onnx file, or lbp, hog, gabor, shape')
      .addOption(dataOption('the dataset (see `mien data`), and where it is').makeOptionMandatory())
      .option(
        '--split <name>',
        'which split, by its name or as train, validation or test (default: the test split; where it has no labels, or there is none, the validation split)',
      )
      .option(
        '--layer <name>',
        'a tensor of the network (default: what the last linear layer of the first output takes)',
      )
      .option('--out <folder>', 'write the features into this folder')
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
      .addOption(new Option('--folds <n>', 'folds of the cross-validation').argParser(wholeNumber(2)).default(5))
      .addOption(new Option('--seed <n>', 'seed of folds and forests').argParser(wholeNumber(0)).default(0))
      .addOption(normalizeOption('of the images, before features are taken'))
      .addOption(deviceOption())
      .addOption(threadsOption())
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES),
  );
  planFiles<FeaturesOptions>(command, ({ data, out, fit, json, codes }, [source]) => ({
    inputs: [codes, source, ...data.map(({ path }) => path)],
    outputs: [
      ...outputFiles('--out', out, {
        ...featureFolderKinds,
        ...(fit === undefined ? {} : { 'classifier.json': classifierKind }),
      }),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (source: string, options: FeaturesOptions) => {
    if (options.data.length > 1) command.error('error: --data: expected one dataset, got several');
    if (options.out === undefined && options.fit === undefined) command.error('error: expected --out, --fit or both');
    const { device, threads, layer } = options;
    const features = await openFeatureSource(source, {
      device,
      ...(threads === undefined ? {} : { threads }),
      ...(layer === undefined ? {} : { layer }),
    });
    try {
      await run(features, options);
    } finally {
      await features.release();
    }
  });
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
  const { select, scaling = source.scaling, folds, seed } = options;
  const fitted = fitClassifier(
    kind,
    { x, y: train.labels, classCount: train.classes.length },
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
    { model: `${source.name} + ${fitted.name}`, head: source.layer ?? source.name },
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
