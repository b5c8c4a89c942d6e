/** The end of training: best weights → calibrated .onnx file, its figures and its card. */
import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import {
  imageAt,
  classPrior,
  IMAGE,
  IMAGE_INPUT,
  isLabelling,
  LABEL,
  readImages,
  roleOfSplit,
  VIEWS,
  type Dataset,
  type Labelling,
  type LabelledImages,
  type Views,
} from '../data/index.ts';
import { auditData, datasetSource, type DataAudit } from '../data/node.ts';
import { InputError } from '../errors.ts';
import { measureCrops, withMirrorImage } from '../face/index.ts';
import { loadFaceMesher } from '../face/node.ts';
import { writeWhole } from '../files/index.ts';
import type { Point2 } from '../image/index.ts';
import { countParameters } from '../nn/index.ts';
import { ExpressionClassifier, mirrorLogits } from '../predict/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { runtimeVersion } from '../runtime/ort-node.ts';
import type { Tensor } from '../tensor/index.ts';
import {
  classesHeads,
  exportModel,
  isClassesHead,
  isMeshHead,
  preprocessOf,
  renderModelCard,
  valuesHeads,
  type CardMetric,
  type ClassesHead,
  type FitResult,
  type MeshHead,
  type ModelCard,
  type Recipe,
  type Teaching,
} from '../train/index.ts';
import { calibrateHead, type CalibratedHead } from './calibrate.ts';
import { cardAudit, cardMetrics, cardRobustness, cardValueMetrics } from './card-figures.ts';
import { evaluateModel } from './evaluate.ts';
import { measureSurfaces } from './measure-surfaces.ts';
import { loadMeshYaw, measureRobustness, type Robustness } from './robustness/index.ts';

export interface CompleteOptions extends SessionOptions {
  /** What the recipe was trained on. */
  readonly dataset: Dataset;
  /** Further datasets to evaluate on: the originals of heads that learned alternative labels. */
  readonly alsoEvaluate?: readonly Dataset[];
  /** Licence of `dataset` (see `DatasetDefinition`). */
  readonly licence: string;
  readonly out: string;
  readonly seed: number;
  /** What teachers the model learned from. */
  readonly teaching?: Teaching;
  /**
   * Measures the most accurate view under blur, noise, darkness … on so many images of the last split; default: not
   * measured.
   */
  readonly robustnessImages?: number;
  /** Counts copies of images within and across the splits of the data; default false. */
  readonly audit?: boolean;
  /** Called with what is being done. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
  /** Stops between two stages; what `fit` left can be completed again. */
  readonly signal?: AbortSignal;
}

export interface CompletedModel {
  readonly card: ModelCard;
  readonly modelPath: string;
  readonly cardPath: string;
}

/**
 * Writes `<id>.onnx`, `<id>.json` and `<id>.md` into `out`. What the heads are given besides their weights
 * (`calibrateHead`) is fitted on the validation split, of the dataset whose labels the head learned where it is at
 * hand; figures are given for every split but the one that was trained on, for each view that the model allows.
 * @throws {InputError} when a file cannot be written, or the recipe has no head of classes or numbers
 * @throws the signal's reason, when it is aborted
 */
export async function completeModel(
  given: Recipe,
  fitted: FitResult,
  options: CompleteOptions,
): Promise<CompletedModel> {
  const { dataset, out, signal } = options;
  const mesh = given.heads.find(isMeshHead);
  if (classesHeads(given).length + valuesHeads(given).length === 0 && !mesh)
    throw new InputError(given.id, 'has no head of classes or numbers, so there is nothing to measure');
  const train = await dataset.loadSplit(given.data.trainSplit, 'train');
  const recipe = await framed(given, train, options);
  const views: readonly Views[] = recipe.augment.flip ? VIEWS : ['single'];

  signal?.throwIfAborted();
  // A position-map network answers no classes: nothing is fitted, and its own figures are measured
  const heads = mesh ? [] : await calibrate(recipe, exportModel(recipe, fitted.weights), views, train, options);
  const bytes = exportModel(
    recipe,
    fitted.weights,
    heads.map(({ priorShift: _, ...settings }) => settings),
  );
  const modelPath = join(out, `${recipe.id}.onnx`);
  await writeWhole(modelPath, bytes);

  const evaluations: Measured[] = [];
  signal?.throwIfAborted();
  if (!mesh) for (const view of views) evaluations.push(...(await measure(recipe, bytes, view, options)));
  const surfaceMetrics = mesh ? await surfaceMetricsOf(recipe, mesh, bytes, options) : [];
  const metrics = evaluations.flatMap(({ metrics: own }) => own);
  const valueMetrics = evaluations.flatMap(({ valueMetrics: own }) => own);
  signal?.throwIfAborted();
  const validation = await dataset.loadSplit(recipe.data.validationSplit, 'evaluate');
  // Changes are of images alone: landmarks and clips would not follow them
  const isOfImages = train.inputs[IMAGE] !== undefined && Object.keys(recipe.inputs ?? IMAGE_INPUT).length === 1;
  const robustness =
    options.robustnessImages === undefined || !isOfImages || heads.length === 0
      ? undefined
      : await robustnessOf(recipe, bytes, views.at(-1)!, options.robustnessImages, options);
  const audits = options.audit && train.inputs[IMAGE] ? await auditsOf(recipe, options) : [];
  const card: ModelCard = {
    ...describe(recipe, fitted, options, {
      bytes,
      heads,
      metrics,
      trainImages: train.count,
      validationImages: validation.count,
    }),
    ...(valueMetrics.length > 0 ? { valueMetrics } : {}),
    ...(surfaceMetrics.length > 0 ? { surfaceMetrics } : {}),
    ...(robustness ? { robustness: cardRobustness(robustness, views.at(-1)!) } : {}),
    ...(audits.length > 0 ? { audits: audits.map(cardAudit) } : {}),
  };
  const cardPath = join(out, `${recipe.id}.json`);
  await writeWhole(cardPath, `${JSON.stringify(card, null, 2)}\n`);
  await writeWhole(join(out, `${recipe.id}.md`), renderModelCard(card));
  return { card, modelPath, cardPath };
}

/** Errors of surfaces on every split that was not trained on. */
async function surfaceMetricsOf(
  recipe: Recipe,
  { output }: MeshHead,
  bytes: Uint8Array,
  { dataset, onProgress, ...options }: CompleteOptions,
): Promise<NonNullable<ModelCard['surfaceMetrics']>> {
  const { validationSplit } = recipe.data;
  const measured = await measureSurfaces(recipe, bytes, {
    ...options,
    dataset,
    splits: measuredSplits(recipe, dataset),
    onProgress: (split, done, total) => onProgress?.(`evaluate ${dataset.name} ${split}`, done, total),
  });
  return measured.map(({ split, rows }) => ({
    dataset: dataset.name,
    split,
    output,
    role: split === validationSplit ? 'validation' : 'held-out',
    rows: [...rows],
  }));
}

/** @param bytes the model with nothing fitted */
async function calibrate(
  recipe: Recipe,
  bytes: Uint8Array,
  views: readonly Views[],
  train: LabelledImages,
  options: CompleteOptions,
): Promise<CalibratedHead[]> {
  const { dataset, alsoEvaluate = [] } = options;
  const progress = (done: number, total: number): void => options.onProgress?.('calibrate', done, total);
  return withClassifier(bytes, recipe.id, 'single', options, async (single) => {
    // Nothing is fitted for the mirror view yet: its logits are made here, not by a classifier of that view
    const mirror = views.includes('mirror')
      ? {
          ...single,
          logits: (x: Tensor, others?: Readonly<Record<string, Tensor>>) => mirrorLogits(single, x, others),
        }
      : undefined;
    const heads: CalibratedHead[] = [];
    for (const [h, head] of classesHeads(recipe).entries()) {
      const own = alsoEvaluate.find(
        ({ name, splits }) => name === head.trainedOn && splits.includes(recipe.data.validationSplit),
      );
      const images = await (own ?? dataset).loadSplit(recipe.data.validationSplit, 'evaluate');
      const labelling = labelsOf(own ? { ...head, target: LABEL } : head, images);
      const prior = recipe.priorShift ? classPrior(labelsOf(head, train)!) : undefined;
      heads.push(
        await calibrateHead(single, h, labelling && { images, labelling }, {
          onProgress: progress,
          ...(mirror ? { mirror } : {}),
          ...(prior ? { prior } : {}),
        }),
      );
    }
    return heads;
  });
}

async function withClassifier<T>(
  bytes: Uint8Array,
  name: string,
  views: Views,
  session: SessionOptions,
  use: (classifier: ExpressionClassifier) => Promise<T>,
): Promise<T> {
  const classifier = await ExpressionClassifier.create(bytes, name, { ...session, views });
  try {
    return await use(classifier);
  } finally {
    await classifier.release();
  }
}

/** Images that a template is measured on, at most. */
const MEASURED_IMAGES = 400;

/**
 * The recipe with a template, where it asks for one: the mean of the training images, and of their mirror images if it
 * mirrors.
 */
async function framed(recipe: Recipe, samples: LabelledImages, options: CompleteOptions): Promise<Recipe> {
  if (!recipe.measureTemplate || recipe.preprocess.template || !samples.inputs[IMAGE]) return recipe;
  const { imageSource } = samples;
  const stride = Math.ceil(imageSource.count / MEASURED_IMAGES);
  const rows = Int32Array.from({ length: Math.ceil(imageSource.count / stride) }, (_, i) => i * stride);
  const table = await readImages(imageSource, rows);
  const chosen = Array.from(rows, (_, i) => imageAt(table, i));
  options.onProgress?.('measure how faces are framed', 0, chosen.length);
  const measured = await measureCrops(chosen, await loadFaceMesher());
  options.onProgress?.('measure how faces are framed', chosen.length, chosen.length);
  if (!measured) return recipe;
  const { leftEye, rightEye, noseTip, mouthLeft, mouthRight } = recipe.augment.flip
    ? withMirrorImage(measured.template)
    : measured.template;
  const template = {
    leftEye: pair(leftEye),
    rightEye: pair(rightEye),
    noseTip: pair(noseTip),
    mouthLeft: pair(mouthLeft),
    mouthRight: pair(mouthRight),
  };
  return { ...recipe, preprocess: { ...recipe.preprocess, template, framing: recipe.data.dataset } };
}

const pair = ([x, y]: Point2): [number, number] => [x, y];

/** What is measured on a split. */
interface Measured {
  readonly metrics: readonly CardMetric[];
  readonly valueMetrics: NonNullable<ModelCard['valueMetrics']>;
}

/** All that have labels, but the one that was trained on. */
export const measuredSplits = ({ data: { trainSplit } }: Recipe, { splits, unlabelled = [] }: Dataset): string[] =>
  splits.filter((name) => name !== trainSplit && !unlabelled.includes(name));

/** Figures on every split that was not trained on. */
async function measure(recipe: Recipe, bytes: Uint8Array, views: Views, options: CompleteOptions): Promise<Measured[]> {
  const { dataset, alsoEvaluate = [], onProgress } = options;
  const { validationSplit } = recipe.data;
  return withClassifier(bytes, recipe.id, views, options, async (classifier) => {
    const measured: Measured[] = [];
    for (const data of [dataset, ...alsoEvaluate]) {
      for (const split of measuredSplits(recipe, data)) {
        const e = await evaluateModel(classifier, data, {
          split,
          onProgress: (done, total) => onProgress?.(`evaluate ${data.name} ${split}`, done, total),
        });
        // Two datasets may have the same further rules of labels
        const isNew = (m: CardMetric): boolean =>
          measured.every(({ metrics }) =>
            metrics.every((known) => known.dataset !== m.dataset || known.split !== m.split || known.head !== m.head),
          );
        const role = split === validationSplit ? 'validation' : 'held-out';
        const hasClasses = e.n > 0 || !e.outputs;
        measured.push({
          metrics: hasClasses ? cardMetrics(e, views, role).filter(isNew) : [],
          valueMetrics: cardValueMetrics(e, views, role),
        });
      }
    }
    return measured;
  });
}

/**
 * On the test split, or else that which validated, with the most accurate view; yaw only where the model takes framed
 * faces.
 */
async function robustnessOf(
  recipe: Recipe,
  bytes: Uint8Array,
  views: Views,
  images: number,
  options: CompleteOptions,
): Promise<Robustness> {
  const { splits, unlabelled = [] } = options.dataset;
  const split =
    splits.find(
      (name) => roleOfSplit(name) === 'test' && name !== recipe.data.trainSplit && !unlabelled.includes(name),
    ) ?? recipe.data.validationSplit;
  const measureYaw = recipe.preprocess.template ? await loadMeshYaw() : undefined;
  return withClassifier(bytes, recipe.id, views, options, (classifier) =>
    measureRobustness(classifier, options.dataset, {
      split,
      images,
      ...(measureYaw ? { measureYaw } : {}),
      onProgress: (done, total) => options.onProgress?.('robustness', done, total),
    }),
  );
}

/** Copies within the data, as training and evaluation take them. */
async function auditsOf(
  { data: { trainSplit } }: Recipe,
  { dataset, alsoEvaluate = [], onProgress }: CompleteOptions,
): Promise<DataAudit[]> {
  const audits: DataAudit[] = [];
  for (const data of [dataset, ...alsoEvaluate]) {
    const source = await datasetSource(data, (split) => (split === trainSplit ? 'train' : 'evaluate'));
    audits.push(
      await auditData(source, {
        onProgress: (stage, done, total) => onProgress?.(`audit ${data.name}: ${stage}`, done, total),
      }),
    );
  }
  return audits;
}

interface Made {
  /** The .onnx file. */
  readonly bytes: Uint8Array;
  readonly heads: readonly CalibratedHead[];
  readonly metrics: CardMetric[];
  readonly trainImages: number;
  readonly validationImages: number;
}

function describe(recipe: Recipe, fitted: FitResult, options: CompleteOptions, made: Made): ModelCard {
  const { width, height, channels, framing } = recipe.preprocess;
  const { bytes, heads, metrics, trainImages, validationImages } = made;
  return {
    version: 2,
    name: recipe.id,
    recipe: recipe.id,
    title: recipe.title,
    paper: recipe.paper ?? null,
    notes: recipe.notes ?? null,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    parameters: countParameters(recipe.network),
    input: { width, height, channels, framing },
    heads: classesHeads(recipe).map(({ output, classes, trainedOn }, h) => {
      const { shift: _, priorShift, ...calibration } = heads[h]!;
      return {
        output,
        classes: [...classes],
        trainedOn,
        ...calibration,
        ...(priorShift ? { priorShift: { tau: priorShift.tau, crossValidated: priorShift.crossValidated } } : {}),
      };
    }),
    ...(valuesHeads(recipe).length > 0
      ? {
          valueHeads: valuesHeads(recipe).map(({ kind, output, names, trainedOn }) => ({
            kind,
            output,
            names: [...names],
            trainedOn,
          })),
        }
      : {}),
    data: {
      dataset: recipe.data.dataset,
      trainSplit: recipe.data.trainSplit,
      trainImages,
      validationSplit: recipe.data.validationSplit,
      validationImages,
      licence: options.licence,
    },
    training: {
      seed: options.seed,
      ...lastEpochOf(recipe, fitted),
      ...runOf(recipe, fitted),
      date: new Date().toISOString().slice(0, 10),
      ...(fitted.startedFrom ? { startedFrom: [...fitted.startedFrom] } : {}),
      ...(options.teaching
        ? {
            distillation: {
              teachers: [...options.teaching.teachers],
              temperature: options.teaching.temperature,
              weight: options.teaching.weight,
            },
          }
        : {}),
    },
    hardware: hardware(options),
    metrics,
    expected: recipe.expected.map((expected) => ({
      ...expected,
      // of the most accurate view
      measured:
        expected.by === undefined
          ? (metrics.findLast((m) => m.dataset === expected.dataset && m.split === expected.split)?.accuracy ?? null)
          : null,
    })),
    intendedUse: recipe.heads.some(isMeshHead)
      ? 'Reconstructing the surface of a face in a picture, in research and in applications that people use knowingly.'
      : 'Estimating the expression that a face shows, in research and in applications that people use knowingly.',
    limits: limitsOf(recipe, fitted),
  };
}

/** What the training took; of a joined model, what those of its networks did together. */
function runOf(
  { joined, batchSize }: Recipe,
  { history, bestEpoch }: FitResult,
): Pick<ModelCard['training'], 'epochs' | 'bestEpoch' | 'batchSize' | 'wallSeconds' | 'joined'> {
  if (joined) {
    const sumOf = (key: 'epochs' | 'wallSeconds'): number =>
      joined.reduce((sum, { training }) => sum + training[key], 0);
    const epochs = sumOf('epochs');
    return {
      epochs,
      bestEpoch: epochs,
      batchSize: joined[0]!.training.batchSize,
      wallSeconds: sumOf('wallSeconds'),
      joined: [...joined],
    };
  }
  const seconds = history.reduce((sum, record) => sum + record.seconds, 0);
  return { epochs: history.length, bestEpoch, batchSize, wallSeconds: Math.round(seconds) };
}

/** What the last epoch reached, of the first head of classes: nothing chose it. */
function lastEpochOf(recipe: Recipe, { history }: FitResult): Pick<ModelCard['training'], 'lastEpoch'> {
  const place = recipe.heads.findIndex(isClassesHead);
  const accuracy = history.at(-1)?.accuracies[place];
  const head = recipe.heads[place];
  return head && accuracy !== undefined && Number.isFinite(accuracy)
    ? { lastEpoch: { head: head.output, accuracy } }
    : {};
}

function labelsOf({ target }: ClassesHead, { targets }: LabelledImages): Labelling | undefined {
  const found = targets[target];
  return found && isLabelling(found) ? found : undefined;
}

function hardware({ device = 'cpu' }: SessionOptions): ModelCard['hardware'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    device,
    node: process.version,
    onnxruntime: runtimeVersion(),
  };
}

function limitsOf(recipe: Recipe, fitted: FitResult): string[] {
  const { width, height, channels, framing } = preprocessOf(recipe);
  if (recipe.heads.some(isMeshHead))
    return [
      'The surface is an estimate, and less a likeness than it looks: not for telling who somebody is, nor for medical use.',
      'It learned from drawings whose surfaces are known: expect it to do worse on photos than the figures say.',
      'Errors were not measured by age, sex or skin tone; expect them to differ between groups.',
      `It sees ${width}×${height} ${channels} pixels of ${framing}.`,
    ];
  return [
    'The labels are the expression that annotators saw in a picture, not what the person felt. The output says nothing of emotion, intent, character or truthfulness.',
    'Not for decisions about people, such as hiring, policing, border control, education, credit, insurance or diagnosis.',
    'Accuracy was not measured by age, sex or skin tone; expect it to differ between groups.',
    `It sees ${width}×${height} ${channels} pixels of a face framed as ${framing}: profiles, hidden faces, strong shadows and very small faces are less certain than the figures say.`,
    recipe.keep === 'last' && !recipe.joined
      ? `The weights are those of the last of ${fitted.history.length} epochs; ${recipe.data.validationSplit} fitted temperatures and thresholds.`
      : `${recipe.data.validationSplit} chose ${recipe.joined ? 'among the epochs of each network' : `the best of ${fitted.history.length} epochs`} and fitted temperatures${recipe.priorShift ? ', prior shifts' : ''} and thresholds, so its figures are slightly too good; figures on held-out splits are not.`,
  ];
}
