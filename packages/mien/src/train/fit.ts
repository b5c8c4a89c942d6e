/**
 * A dataset becomes a trained model: the one training loop.
 *
 *   recipe → samples → batches (prepared ahead) → steps → checkpoint each epoch → best weights → .onnx
 *
 * Order, augmentation and dropout depend on (seed, epoch, step) alone, so a run that is killed and resumed
 * gives the same losses and weights as one that is not.
 */
import { join } from 'node:path';
import { checkStreamed } from '../data/checked-images.ts';
import { batchCount, epochOrder, sampleBatches, type Dataset, type Samples } from '../data/index.ts';
import { MienError } from '../errors.ts';
import { loadCanonicalFace } from '../face/node.ts';
import { exists, makeFolder, writeWhole } from '../files/index.ts';
import type { FeatureBank } from '../nn/losses/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { float32, type Tensor } from '../tensor/index.ts';
import { bestOf, readCheckpoint, writeCheckpoint, type Checkpoint, type EpochRecord } from './checkpoint.ts';
import { formatNormalization } from '../image/index.ts';
import type { Stage } from './card-parts.ts';
import { exportModel, preprocessOf } from './export.ts';
import { bankOf, checkOutputs, feedsOf, HeadTargets } from './feeds.ts';
import { isClassesHead, isMeshHead } from './heads.ts';
import { measureNorms } from './measure-norms.ts';
import { writeGenerator, SampleSheets } from './generator-files.ts';
import { mixUp } from './mixup.ts';
import { openPartners } from './open-partners.ts';
import { principalWeights } from './principal.ts';
import { Program } from './program.ts';
import { stepsOf, type RecipeSteps } from './recipe-steps.ts';
import type { Recipe } from './recipe.ts';
import { checkDistillation, teacherFeeds, type Teaching } from './teaching.ts';
import { type Validation, Validator } from './validate.ts';

export interface FitOptions extends FitCallbacks, SessionOptions {
  readonly dataset: Dataset;
  /** What the recipe's partners are of: needed where it has any. */
  readonly partners?: Dataset;
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
  /**
   * The batch normalizations of `weights` are of no images yet: they get the statistics of training images before the first
   * step, and the network answers as before.
   */
  readonly measureNorms?: boolean;
  /** Where `weights` are from, for the card: the models, the first one first. */
  readonly startedFrom?: readonly Stage[];
  /** What the teachers of the recipe answer (see `teach` in evaluate/): needed where it has any. */
  readonly teaching?: Teaching;
  /** Continue from the last checkpoint in `out`. */
  readonly resume?: boolean;
  /** Stops between two steps; the last checkpoint stays, and `resume` goes on from it. */
  readonly signal?: AbortSignal;
}

/** Called while a run goes on. */
export interface FitCallbacks {
  /**
   * `loss` is the mean of the epoch so far, `parts` are the losses of this batch, by name: of a program of several steps
   * as `STEP.NAME`.
   */
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
  /** Before the first epoch: images that stream from disk are read once (see `StreamedImages.check`). */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
  /** `best`: of the epochs so far that may be the best one (see `bestOf`). */
  readonly onEpoch?: (record: EpochRecord, best: boolean) => void;
}

export interface FitResult {
  readonly history: readonly EpochRecord[];
  /**
   * The epoch whose weights the model holds (see `bestOf`): the one with the best figure of the primary head; the last
   * without one, or where the recipe keeps the last.
   */
  readonly bestEpoch: number;
  readonly modelPath: string;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Models that the run was started from, also before it was resumed. */
  readonly startedFrom?: readonly Stage[];
}

/**
 * Trains a recipe.
 * @throws {MienError} when the loss is no longer a number (the last good checkpoint stays), the checkpoint does not
 *   belong to this run, `out` holds another run and `resume` is not set, or the data lack what a head learns
 * @throws {InputError} when an image cannot be read, before the first epoch also where images stream from disk
 * @throws the signal's reason, when it is aborted
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
  const { dataset, out, signal } = options;
  const seed = options.seed ?? recipe.seed;
  const lastPath = join(out, 'last.safetensors');
  const bestPath = join(out, 'best.safetensors');
  await makeFolder(out);

  const train = await dataset.loadSplit(recipe.data.trainSplit, 'train');
  const validation = await dataset.loadSplit(recipe.data.validationSplit, 'evaluate');
  checkRecipe(recipe);
  const canonical = recipe.heads.some(isMeshHead) ? await loadCanonicalFace() : undefined;
  const targets = new HeadTargets(recipe, train, dataset.name, canonical);
  checkOutputs(recipe, train);
  const teaching = checkTeaching(recipe, options.teaching, train);
  await checkStreamed([train, validation], (done, total) => {
    signal?.throwIfAborted();
    options.onProgress?.('checking images', done, total);
  });
  const bank = bankOf(recipe, train);
  const partnered = await openPartners(recipe, options.partners, train);
  const partners = partnered?.partners;
  const steps = stepsOf(recipe, { samples: train, targets, bank, teaching, partners });
  const batchSize = recipe.batchSize;

  let startedFrom = options.startedFrom ?? recipe.base;
  const { steps: normalizations, alignment } = recipe.preprocess;
  const normalization = normalizations?.length ? formatNormalization(normalizations) : undefined;
  let program: Program | undefined;
  let validator: Validator | undefined;
  let sheets: SampleSheets | undefined;
  if (!options.resume && (await exists(lastPath)))
    throw new MienError(`${out}: holds the checkpoint of an earlier run; resume it, or choose another folder`);
  try {
    const given = new Map([
      ...(options.resume ? [] : await principalWeights(recipe, train, seed, options)),
      ...(options.weights ?? []),
    ]);
    const weights =
      options.measureNorms && !options.resume
        ? new Map([...given, ...(await measureNorms(recipe, train, given, { ...options, seed }))])
        : given;
    program = await Program.create({ seed, steps: steps.steps, ...(weights.size > 0 ? { weights } : {}) }, options);
    validator = await Validator.create(recipe, options);
    sheets = await SampleSheets.create(recipe, { samples: validation, people: partners?.people ?? [], out }, options);

    let history: EpochRecord[] = [];
    let epochs = options.epochs ?? recipe.epochs;
    let judgedFrom = recipe.program?.judgedFrom?.(epochs) ?? 0;
    let stepsDone = 0;
    if (options.resume) {
      const saved = await readCheckpoint(lastPath);
      checkSameRun(
        saved,
        { recipe: recipe.id, seed, teachers: teaching?.digest, normalization, alignment, partners: partnered?.digest },
        lastPath,
      );
      epochs = options.epochs ?? saved.plannedEpochs;
      judgedFrom = Math.max(recipe.program?.judgedFrom?.(epochs) ?? 0, unjudged(recipe, saved));
      program.restore(withCount(saved, steps));
      bank?.restore(saved.state);
      history = [...saved.history];
      startedFrom = saved.startedFrom;
      stepsDone = saved.step;
    }

    for (let epoch = history.length; epoch < epochs && !isOver(history, judgedFrom, recipe.patience); epoch++) {
      const started = performance.now();
      const features =
        recipe.sampler?.mines === undefined
          ? undefined
          : await validator.outputs(train, program.weights(), recipe.sampler.mines);
      const order = epochOrder(train, { seed, epoch, batchSize, shuffle: true, sampler: recipe.sampler, features });
      const stepsPerEpoch = batchCount(order.length, batchSize, true);
      if (stepsPerEpoch === 0)
        throw new MienError(
          `${dataset.name} ${recipe.data.trainSplit}: ${order.length} images do not fill a batch of ${batchSize}`,
        );
      const round = steps.round(epoch, epochs);
      let lossSum = 0;
      let done = 0;
      let lr = 0;
      const batches = sampleBatches({
        samples: train,
        ...(recipe.inputs ? { inputs: recipe.inputs } : {}),
        batchSize,
        seed,
        epoch,
        order,
        dropLast: true,
        preprocess: preprocessOf(recipe),
        augment: recipe.augment,
      });
      for await (const batch of batches) {
        signal?.throwIfAborted();
        lr =
          recipe.lr *
          recipe.schedule({
            step: stepsDone,
            stepsPerEpoch,
            totalSteps: epochs * stepsPerEpoch,
            validationLosses: history.map((h) => h.validationLoss),
          });
        const plain = { ...feedsOf(targets, batch), ...(teaching ? teacherFeeds(teaching, batch.indices) : {}) };
        const mixed = recipe.mixup ? mixUp(plain, recipe.mixup, seed, epoch, done) : plain;
        const feeds = {
          ...mixed,
          ...bank?.feeds(batch.indices),
          ...partners?.feeds(
            batch.indices.map((row) => train.labels[row]!),
            { seed, epoch, batch: done },
          ),
        };
        const { loss, parts } = await runRound(program, steps, round, feeds, lr, { bank, indices: batch.indices });
        if (!Number.isFinite(loss)) {
          throw new MienError(
            `${recipe.id}: the loss is ${loss} at epoch ${epoch + 1}, step ${done + 1} (learning rate ${lr.toPrecision(3)}); ${epoch > 0 ? `the last good checkpoint is ${lastPath}` : 'no checkpoint was written yet'}`,
          );
        }
        lossSum += loss;
        done++;
        stepsDone++;
        options.onStep?.({
          epoch: epoch + 1,
          epochs,
          step: done,
          steps: stepsPerEpoch,
          loss: lossSum / done,
          parts,
          lr,
          imagesPerSecond: (1000 * done * batchSize) / (performance.now() - started),
        });
      }
      signal?.throwIfAborted();
      const weights = program.weights();
      const validated = await validator.run(validation, weights);
      const record: EpochRecord = {
        epoch: epoch + 1,
        trainLoss: lossSum / done,
        validationLoss: validated.loss,
        ...figuresOf(recipe, validated),
        lr,
        seconds: (performance.now() - started) / 1000,
      };
      history.push(record);
      const judged = {
        history,
        ...(judgedFrom > 0 ? { judgedFrom } : {}),
        ...(recipe.keep === 'last' ? { keep: recipe.keep } : {}),
      };
      const isBest = bestOf(judged) === record;
      const checkpoint = {
        recipe: recipe.id,
        seed,
        plannedEpochs: epochs,
        epoch: epoch + 1,
        step: stepsDone,
        ...judged,
        ...(teaching ? { teachers: teaching.digest } : {}),
        ...(startedFrom ? { startedFrom } : {}),
        ...(normalization === undefined ? {} : { normalization }),
        ...(partnered ? { partners: partnered.digest } : {}),
        ...(alignment === undefined ? {} : { alignment }),
      };
      await sheets?.write(epoch + 1, weights);
      if (isBest) await writeCheckpoint(bestPath, { ...checkpoint, state: weights });
      await writeCheckpoint(lastPath, {
        ...checkpoint,
        state: new Map([...program.carried(), ...Object.entries(bank?.state() ?? {})]),
      });
      options.onEpoch?.(record, isBest && epoch >= judgedFrom);
    }

    const best = await readCheckpoint(bestPath);
    const modelPath = join(out, `${recipe.id}.onnx`);
    await writeWhole(modelPath, exportModel(recipe, best.state));
    if (recipe.generator) await writeGenerator(recipe, best.state, { people: partners?.people ?? [], out });
    return { history, bestEpoch: best.epoch, modelPath, weights: best.state, ...(startedFrom ? { startedFrom } : {}) };
  } finally {
    await program?.release();
    await validator?.release();
    await sheets?.release();
  }
}

/** One batch through the steps of a round. @returns the sum of their losses, and the parts of each */
async function runRound(
  program: Program,
  { names, lrScale }: RecipeSteps,
  round: readonly string[],
  feeds: Readonly<Record<string, Tensor>>,
  lr: number,
  { bank, indices }: { readonly bank: FeatureBank | undefined; readonly indices: Int32Array },
): Promise<{ loss: number; parts: Record<string, number> }> {
  const parts: Record<string, number> = {};
  let sum = 0;
  for (const name of round) {
    const own = Object.fromEntries(program.feedsOf(name).flatMap((feed) => (feeds[feed] ? [[feed, feeds[feed]]] : [])));
    const outcome = await program.run(name, own, lr * (lrScale[name] ?? 1));
    if (bank) bank.write(indices, outcome.outputs['bank.new']!);
    sum += outcome.loss;
    for (const [part, value] of Object.entries(outcome.parts))
      parts[names.length > 1 ? `${name}.${part}` : part] = value;
  }
  return { loss: sum, parts };
}

/** What a record says of the heads. */
function figuresOf(
  { heads }: Recipe,
  { accuracies, figures, score }: Validation,
): Pick<EpochRecord, 'accuracies' | 'figures' | 'score'> {
  return {
    accuracies,
    ...(Object.keys(figures).length > 0 ? { figures } : {}),
    ...(heads[0] && isClassesHead(heads[0]) ? {} : { score }),
  };
}

/** Settings that do not go together. */
function checkRecipe(recipe: Recipe): void {
  const { id, loss, program, bank, mixup, distil, sampler, batchSize, heads, augment, inputs = {} } = recipe;
  const parts = recipe.joined?.map(({ name }) => name) ?? recipe.members;
  if (parts)
    throw new MienError(`${id}: is joined of the finished models of ${parts.join(', ')}, and not trained itself`);
  if (heads.some(isMeshHead)) {
    if (heads.length > 1) throw new MienError(`${id}: an output of a mesh cannot be learned beside others`);
    const { flip, shift, rotationDeg, scale } = augment;
    if (flip || shift || rotationDeg || (scale && (scale[0] !== 1 || scale[1] !== 1)))
      throw new MienError(
        `${id}: images of a mesh cannot be mirrored, moved, turned or scaled, as the mesh would not follow`,
      );
  }
  if ((loss === undefined) === (program === undefined))
    throw new MienError(`${id}: expected a loss or a program, got ${loss ? 'both' : 'neither'}`);
  const stray = program && (bank ? 'a feature bank' : distil ? 'teachers' : undefined);
  if (stray) throw new MienError(`${id}: ${stray} cannot be used with a program of steps`);
  if (sampler && batchSize % sampler.groupSize !== 0)
    throw new MienError(
      `${id}: batches of ${batchSize} are not whole groups of ${sampler.groupSize} (${sampler.title})`,
    );
  const unmixed = mixup && Object.entries(inputs).find(([, { kind }]) => kind === 'length');
  if (unmixed || (mixup && (bank || (sampler && sampler.groupSize > 1))))
    throw new MienError(
      `${id}: mixup cannot be used with ${unmixed ? 'clips of different lengths' : 'losses that compare samples'}`,
    );
}

/** Checkpoints of one step were once written without its count. */
function withCount(saved: Checkpoint, { names }: RecipeSteps): ReadonlyMap<string, Tensor> {
  const count = `${names[0]!}:count`;
  return names.length > 1 || saved.state.has(count)
    ? saved.state
    : new Map([...saved.state, [count, float32([], [saved.step])]]);
}

/** Early stopping: no better figure for `patience` epochs. */
function isOver(history: readonly EpochRecord[], judgedFrom: number, patience: number | undefined): boolean {
  const best = bestOf({ history, judgedFrom });
  return patience !== undefined && best !== undefined && history.length - best.epoch >= patience;
}

/** Epochs of a stopped run that are not judged: they stay so if it goes on with another length. */
const unjudged = ({ program }: Recipe, { history, plannedEpochs, judgedFrom }: Checkpoint): number =>
  Math.min(judgedFrom ?? program?.judgedFrom?.(plannedEpochs) ?? 0, history.length);

function checkSameRun(
  saved: Checkpoint,
  wanted: { recipe: string; seed: number } & {
    [key in 'teachers' | 'normalization' | 'alignment' | 'partners']: string | undefined;
  },
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
  if (saved.partners !== wanted.partners)
    throw new MienError(`${path}: was made with other characters, or other images of them, than this run has`);
  if (saved.alignment !== wanted.alignment) {
    throw new MienError(
      `${path}: was made with ${saved.alignment ?? 'the usual'} alignment, this run has ${wanted.alignment ?? 'the usual'} alignment`,
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
  { count }: Samples,
): Teaching | undefined {
  if (!teaching) {
    if (distil)
      throw new MienError(`${id}: learns from teachers (${distil.teachers.join(', ')}), whose answers are needed`);
    return undefined;
  }
  checkDistillation(teaching);
  for (const [output, { dims }] of teaching.targets) {
    const head = heads.filter(isClassesHead).find((h) => h.output === output);
    if (dims.join() !== [count, head?.classes.length].join())
      throw new MienError(
        `${id}: the teachers' answers for output ${output} have shape [${dims.join(',')}], expected [${count},${head?.classes.length ?? 'K'}]`,
      );
  }
  if (teaching.targets.size === 0)
    throw new MienError(
      `${id}: the teachers (${teaching.teachers.map(({ name }) => name).join(', ')}) answer none of the outputs ${heads.map(({ output }) => output).join(', ')}`,
    );
  return teaching;
}
