/**
 * A dataset becomes a trained model: the one training loop.
 *
 *   recipe → labelled images → batches (prepared ahead) → step graph → checkpoint each epoch → best weights → .onnx
 *
 * Order, augmentation and dropout depend on (seed, epoch, step) alone, so a run that is killed and resumed
 * gives the same losses and weights as one that is not.
 */
import { join } from 'node:path';
import { batchCount, epochBatches, prefetch, type Dataset, type LabelledImages } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { exists, makeFolder, writeWhole } from '../files/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type EpochRecord } from './checkpoint.ts';
import { formatNormalization } from '../image/index.ts';
import type { Stage } from './card-parts.ts';
import { exportModel, preprocessOf } from './export.ts';
import { bankOf, feedsOf } from './feeds.ts';
import { mixUp } from './mixup.ts';
import type { Recipe } from './recipe.ts';
import { Trainer } from './step.ts';
import { checkDistillation, distilledLoss, teacherFeeds, teacherTargets, type Teaching } from './teaching.ts';
import { Validator } from './validate.ts';

export interface FitOptions extends FitCallbacks, SessionOptions {
  readonly dataset: Dataset;
  /** Folder for checkpoints and the model. */
  readonly out: string;
  /**
   * Length of the whole run, in place of the recipe's (when resuming: of the interrupted run's). Given on resuming,
   * another length moves the learning-rate schedule of the epochs to come.
   */
  readonly epochs?: number;
  readonly seed?: number;
  /** Start weights by parameter name, in place of seeded ones: a pre-trained part, a network to fine-tune. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Where `weights` are from, for the card: the models, the first one first. */
  readonly startedFrom?: readonly Stage[];
  /** What the teachers of the recipe answer (see `teach` in evaluate/): needed where it has any. */
  readonly teaching?: Teaching;
  /** Continue from the last checkpoint in `out`. */
  readonly resume?: boolean;
}

/** Called while a run goes on. */
export interface FitCallbacks {
  /** `loss` is the mean of the epoch so far, `parts` are the losses of this step, by name. */
  readonly onStep?: (info: {
    epoch: number;
    epochs: number;
    step: number;
    steps: number;
    loss: number;
    parts: Readonly<Record<string, number>>;
    lr: number;
    imagesPerSecond: number;
  }) => void;
  readonly onEpoch?: (record: EpochRecord, best: boolean) => void;
}

export interface FitResult {
  readonly history: readonly EpochRecord[];
  /** The epoch whose weights the model holds: the one with the best validation accuracy of the primary head. */
  readonly bestEpoch: number;
  readonly modelPath: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Models that the run was started from, also before it was resumed. */
  readonly startedFrom?: readonly Stage[];
}

/**
 * Trains a recipe.
 * @throws {MienError} when the loss is no longer a number (the last good checkpoint stays), the checkpoint does not
 *   belong to this run, `out` holds another run and `resume` is not set, or the data have other classes than a head
 * @example
 * ```ts
 * import { imageFolder } from 'mienjs/data/node';
 * import { compact } from 'mienjs/nn/models';
 * import { fit, imageRecipe } from 'mienjs/train';
 *
 * const dataset = await imageFolder('photos', { width: 48, height: 48, channels: 'grey' });
 * const network = compact({ widths: [16, 32, 64], heads: { logits: dataset.classes.length } });
 * const recipe = imageRecipe(dataset, { id: 'mine', network, epochs: 20, augment: { flip: 0.5 } });
 * const { modelPath, history } = await fit(recipe, {
 *   dataset,
 *   out: 'runs/mine',
 *   onEpoch: ({ epoch, trainLoss }) => console.log(epoch, trainLoss),
 * });
 * console.log(modelPath, history.length);
 * ```
 */
export async function fit(recipe: Recipe, options: FitOptions): Promise<FitResult> {
  const { dataset, out } = options;
  const seed = options.seed ?? recipe.seed;
  const lastPath = join(out, 'last.safetensors');
  const bestPath = join(out, 'best.safetensors');
  await makeFolder(out);

  const train = await dataset.loadSplit(recipe.data.trainSplit, 'train');
  const validation = await dataset.loadSplit(recipe.data.validationSplit, 'evaluate');
  checkClasses(recipe, train, dataset.name);
  const teaching = checkTeaching(recipe, options.teaching, train);
  const steps = batchCount(train.images.count, recipe.batchSize, true);
  if (steps === 0)
    throw new MienError(
      `${dataset.name} ${recipe.data.trainSplit}: ${train.images.count} images do not fill a batch of ${recipe.batchSize}`,
    );

  const bank = bankOf(recipe, train);
  const trainer = await Trainer.create(
    {
      network: recipe.network,
      batchSize: recipe.batchSize,
      targets: {
        ...Object.fromEntries(recipe.heads.map((h) => [h.output, [h.classes.length]])),
        ...(teaching ? teacherTargets(teaching, recipe.heads) : {}),
      },
      loss: teaching ? distilledLoss(recipe.loss, teaching) : recipe.loss,
      optimizer: recipe.optimizer,
      seed,
      ...(bank && recipe.bank
        ? { bank: { output: recipe.bank.output, rows: train.images.count, width: bank.width } }
        : {}),
      ...(options.weights ? { weights: options.weights } : {}),
      ...(recipe.groups ? { groups: recipe.groups } : {}),
      ...(recipe.clipNorm === undefined ? {} : { clipNorm: recipe.clipNorm }),
      ...(recipe.emaDecay === undefined ? {} : { emaDecay: recipe.emaDecay }),
    },
    options,
  );
  const validator = await Validator.create(recipe, options);

  let history: EpochRecord[] = [];
  let startedFrom = options.startedFrom ?? (recipe.base ? [recipe.base] : undefined);
  const { steps: normalizations } = recipe.preprocess;
  const normalization = normalizations?.length ? formatNormalization(normalizations) : undefined;
  let epochs = options.epochs ?? recipe.epochs;
  if (options.resume) {
    const saved = await readCheckpoint(lastPath);
    checkSameRun(saved, { recipe: recipe.id, seed, teachers: teaching?.digest, normalization }, lastPath);
    epochs = options.epochs ?? saved.plannedEpochs;
    trainer.restore(saved.state, saved.step);
    bank?.restore(saved.state);
    history = [...saved.history];
    startedFrom = saved.startedFrom;
  } else if (await exists(lastPath)) {
    throw new MienError(`${out}: holds the checkpoint of an earlier run; resume it, or choose another folder`);
  }

  for (let epoch = history.length; epoch < epochs && !isOver(history, recipe.patience); epoch++) {
    const started = performance.now();
    let lossSum = 0;
    let done = 0;
    let lr = 0;
    const batches = epochBatches({
      images: train,
      batchSize: recipe.batchSize,
      seed,
      epoch,
      shuffle: true,
      dropLast: true,
      preprocess: preprocessOf(recipe),
      augment: recipe.augment,
    });
    for await (const batch of prefetch(batches, 3)) {
      lr =
        recipe.lr *
        recipe.schedule({
          step: trainer.step,
          stepsPerEpoch: steps,
          totalSteps: epochs * steps,
          validationLosses: history.map((h) => h.validationLoss),
        });
      const feeds = { ...feedsOf(recipe, batch), ...(teaching ? teacherFeeds(teaching, batch.indices) : {}) };
      const mixed = recipe.mixup ? mixUp(feeds, recipe.mixup, seed, epoch, done) : feeds;
      const { loss, parts, outputs } = await trainer.run({ ...mixed, ...bank?.feeds(batch.indices) }, lr);
      bank?.write(batch.indices, outputs['bank.new']!);
      if (!Number.isFinite(loss)) {
        throw new MienError(
          `${recipe.id}: the loss is ${loss} at epoch ${epoch + 1}, step ${done + 1} (learning rate ${lr.toPrecision(3)}); ${epoch > 0 ? `the last good checkpoint is ${lastPath}` : 'no checkpoint was written yet'}`,
        );
      }
      lossSum += loss;
      done++;
      options.onStep?.({
        epoch: epoch + 1,
        epochs,
        step: done,
        steps,
        loss: lossSum / done,
        parts,
        lr,
        imagesPerSecond: (1000 * done * recipe.batchSize) / (performance.now() - started),
      });
    }
    const weights = trainer.weights();
    const validated = await validator.run(validation, weights);
    const record: EpochRecord = {
      epoch: epoch + 1,
      trainLoss: lossSum / done,
      validationLoss: validated.loss,
      accuracies: validated.accuracies,
      lr,
      seconds: (performance.now() - started) / 1000,
    };
    history.push(record);
    const isBest = bestOf(history) === record;
    const checkpoint = {
      recipe: recipe.id,
      seed,
      plannedEpochs: epochs,
      epoch: epoch + 1,
      step: trainer.step,
      history,
      ...(teaching ? { teachers: teaching.digest } : {}),
      ...(startedFrom ? { startedFrom } : {}),
      ...(normalization === undefined ? {} : { normalization }),
    };
    if (isBest) await writeCheckpoint(bestPath, { ...checkpoint, state: weights });
    await writeCheckpoint(lastPath, {
      ...checkpoint,
      state: bank ? new Map([...trainer.state, ...Object.entries(bank.state())]) : trainer.state,
    });
    options.onEpoch?.(record, isBest);
  }
  await trainer.release();
  await validator.release();

  const best = await readCheckpoint(bestPath);
  const modelPath = join(out, `${recipe.id}.onnx`);
  await writeWhole(modelPath, exportModel(recipe, best.state));
  return { history, bestEpoch: best.epoch, modelPath, weights: best.state, ...(startedFrom ? { startedFrom } : {}) };
}

/** A dataset such as a manifest may have other classes than the recipe was written for. */
function checkClasses(recipe: Recipe, images: LabelledImages, dataset: string): void {
  for (const { output, labelling, classes } of recipe.heads) {
    const found = labelling === 'primary' ? images.classes : images.alternatives[labelling]?.classes;
    if (found && found.join() !== classes.join()) {
      throw new MienError(
        `${recipe.id}: output ${output} learns ${classes.join(', ')}, but the labels of ${dataset} are ${found.join(', ')}`,
      );
    }
  }
}

/** The record with the best validation accuracy of the primary head; the earliest of equals. */
function bestOf(history: readonly EpochRecord[]): EpochRecord | undefined {
  return history.reduce<EpochRecord | undefined>((best, r) => (!best || score(r) > score(best) ? r : best), undefined);
}

/** Of a split without labels none is better than another. */
const score = ({ accuracies }: EpochRecord): number => (Number.isNaN(accuracies[0]!) ? -Infinity : accuracies[0]!);

/** Early stopping: no better validation accuracy for `patience` epochs. */
function isOver(history: readonly EpochRecord[], patience: number | undefined): boolean {
  const best = bestOf(history);
  return patience !== undefined && best !== undefined && history.length - best.epoch >= patience;
}

function checkSameRun(
  saved: Checkpoint,
  wanted: { recipe: string; seed: number; teachers: string | undefined; normalization: string | undefined },
  path: string,
): void {
  for (const key of ['recipe', 'seed'] as const) {
    if (saved[key] !== wanted[key])
      throw new MienError(`${path}: was made with ${key} ${saved[key]}, this run has ${wanted[key]}`);
  }
  if (saved.normalization !== wanted.normalization) {
    throw new MienError(
      `${path}: was made with normalization ${saved.normalization ?? 'none'}, this run has ${wanted.normalization ?? 'none'}`,
    );
  }
  if (saved.teachers !== wanted.teachers) {
    throw new MienError(
      `${path}: was made with ${saved.teachers === undefined ? 'no teachers' : 'teachers'}, this run has ${wanted.teachers === undefined ? 'none' : saved.teachers === undefined ? 'some' : 'others, or another temperature'}`,
    );
  }
}

/**
 * @throws {MienError} when the recipe's teachers have not answered, or their answers do not fit its images and heads
 */
function checkTeaching(
  { id, distil, heads }: Recipe,
  teaching: Teaching | undefined,
  { images }: LabelledImages,
): Teaching | undefined {
  if (!teaching) {
    if (distil)
      throw new MienError(`${id}: learns from teachers (${distil.teachers.join(', ')}), whose answers are needed`);
    return undefined;
  }
  checkDistillation(teaching);
  for (const [output, { dims }] of teaching.targets) {
    const head = heads.find((h) => h.output === output);
    if (dims.join() !== [images.count, head?.classes.length].join())
      throw new MienError(
        `${id}: the teachers' answers for output ${output} have shape [${dims.join(',')}], expected [${images.count},${head?.classes.length ?? 'K'}]`,
      );
  }
  if (teaching.targets.size === 0)
    throw new MienError(
      `${id}: the teachers (${teaching.teachers.map(({ name }) => name).join(', ')}) answer none of the outputs ${heads.map(({ output }) => output).join(', ')}`,
    );
  return teaching;
}
