/** A recipe under a protocol: trained anew in every fold, tested on the fold's people. */
import { loadClassifier } from '../predict/node.ts';
import { LABEL, type Dataset } from '../data/index.ts';
import { recordDataset, RecordImages, type RecordImagesOptions } from '../data/node.ts';
import type { Database } from '../data/databases/index.ts';
import {
  foldsDigest,
  foldsOf,
  protocolClasses,
  protocolDigest,
  unknownPeople,
  type Protocol,
  type ProtocolFold,
} from '../data/protocols/index.ts';
import { MienError } from '../errors.ts';
import { formatNormalization } from '../image/index.ts';
import type { SessionOptions } from '../runtime/index.ts';
import { classesHeads, imagesOf, type FitCallbacks, type Recipe } from '../train/index.ts';
import { startFrom, type StartingPoint } from '../evaluate/start-from.ts';
import { trainModel } from '../evaluate/train-model.ts';
import { leftOutOf } from './evaluate-protocol.ts';
import { reportProtocol, type FoldOutcome, type ProtocolReport } from './figures.ts';
import { finishFold, foldFolder, isBegun, openRun, type ProtocolRun, readOutcome } from './protocol-run.ts';
import { scoreFold } from './score-fold.ts';

export interface TrainProtocolOptions extends ProtocolCallbacks, SessionOptions {
  /** Folder of the run: `fold-01` … each with the fold's model and card. */
  readonly out: string;
  /**
   * Goes on with the run in `out`: finished folds are kept, a fold in the middle of training goes on from its
   * checkpoint.
   */
  readonly resume?: boolean;
  readonly epochs?: number;
  /** The same in each fold. */
  readonly seed?: number;
  /** Terms of use of the data, for the cards. */
  readonly licence: string;
  /** What the recipe's partners are of, the same in every fold. */
  readonly partners?: Dataset;
  /** Every fold starts from this model (see `startFrom`). Default: seeded weights. */
  readonly startFrom?: string;
  readonly images?: RecordImagesOptions;
  /** What else a reader of the report must know, such as damages of the copy. */
  readonly notes?: readonly string[];
}

export interface ProtocolCallbacks extends FitCallbacks {
  /** Called when a fold begins, or turns out to be finished already. */
  readonly onFold?: (info: { name: string; number: number; of: number; kept: boolean }) => void;
  /** Called with what comes after the epochs of a fold. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
  /** Stops the run; `resume` goes on. */
  readonly signal?: AbortSignal;
}

/**
 * Trains and tests a recipe fold by fold. Each fold's model is the epoch with the best accuracy on the fold's
 * validation part.
 * @throws {MienError} when the recipe's outputs have other classes than the protocol, `out` holds another run, and as
 *   `fit` does
 */
export async function trainProtocol(
  recipe: Recipe,
  protocol: Protocol,
  databases: readonly Database[],
  options: TrainProtocolOptions,
): Promise<ProtocolReport> {
  const classes = protocolClasses(protocol, databases);
  checkHeads(recipe, protocol, classes);
  const folds = foldsOf(protocol, databases);
  const seed = options.seed ?? recipe.seed;
  const start = options.startFrom === undefined ? undefined : await startFrom(recipe, options.startFrom, { seed });
  const { steps = [] } = recipe.preprocess;
  const normalization = steps.length > 0 ? formatNormalization(steps) : 'none';
  const run = await openRun(
    options.out,
    {
      protocol: protocol.id,
      declaration: protocolDigest(protocol),
      folds: foldsDigest(folds),
      recipe: recipe.id,
      seed,
      align: alignmentOf(recipe, options.images),
      epochs: options.epochs,
      recipeEpochs: recipe.epochs,
      startedFrom: (start?.startedFrom ?? recipe.base)?.at(-1)!.sha256 ?? 'none',
      normalization,
    },
    options.resume ?? false,
  );

  const images = new RecordImages(imagesOf(recipe), { keep: folds.length > 1, ...options.images });
  const outcomes: FoldOutcome[] = [];
  for (const [k, fold] of folds.entries()) {
    const folder = foldFolder(options.out, k, folds.length);
    const finished = await readOutcome(folder);
    options.onFold?.({ name: fold.name, number: k + 1, of: folds.length, kept: finished !== undefined });
    const { name, train, validation, test } = fold;
    const dataset = recordDataset(
      protocol.id,
      { name: protocol.databases[0]!, classes },
      { train, validation, test },
      images,
    );
    const outcome = finished ?? {
      name,
      train: train.length,
      validation: validation.length,
      confusion: await trainFold(forFold(recipe, dataset), protocol, fold, dataset, {
        ...options,
        out: folder,
        seed,
        epochs: run.epochs,
        ...(start ? { start } : {}),
      }),
    };
    if (!finished) await finishFold(folder, outcome);
    outcomes.push(outcome);
  }
  return reportProtocol(outcomes, {
    protocol,
    classes,
    model: recipe.id,
    leftOut: leftOutOf(protocol, databases),
    notes: [
      `Trained anew in each fold, for ${run.epochs} ${run.epochs === 1 ? 'epoch' : 'epochs'} with seed ${seed}; the validation part chose the epoch.`,
      ...(start
        ? [
            `Every fold starts from ${start.startedFrom.map(({ name }) => name).join(', then ')}, which may have seen images of these people.`,
          ]
        : []),
      ALIGNMENT_NOTES[run.align],
      ...(normalization === 'none' ? [] : [`Images are normalized by ${normalization}.`]),
      ...unknownPeople(protocol, folds),
      ...(options.notes ?? []),
    ],
  });
}

const ALIGNMENT_NOTES: Readonly<Record<ProtocolRun['align'], string>> = {
  landmarks: 'Faces are aligned where the database has landmarks and the recipe a template.',
  detect:
    'Faces are aligned where the recipe has a template, by the landmarks of the database or those that were found.',
  'eyes-mouth': 'Faces are aligned by eyes and mouth alone where the database has landmarks and the recipe a template.',
  none: 'Faces are not aligned.',
  frontal:
    'Faces are frontalized by the landmarks of the database or those that were found: painted onto the average face.',
};

function alignmentOf(
  { preprocess }: Recipe,
  { align = 'landmarks', findFace }: RecordImagesOptions = {},
): ProtocolRun['align'] {
  if (align === 'none') return align;
  return preprocess.alignment ?? (findFace ? 'detect' : align);
}

async function trainFold(
  recipe: Recipe,
  protocol: Protocol,
  { test }: ProtocolFold,
  dataset: Dataset,
  options: TrainProtocolOptions & { seed: number; epochs: number; start?: StartingPoint },
): Promise<FoldOutcome['confusion']> {
  const { device, threads, out, seed, epochs, licence, partners, start, onStep, onEpoch, onProgress, signal } = options;
  const session = { ...(device ? { device } : {}), ...(threads === undefined ? {} : { threads }) };
  const { modelPath } = await trainModel(recipe, {
    ...session,
    dataset,
    licence,
    ...(partners ? { partners } : {}),
    out,
    seed,
    epochs,
    resume: await isBegun(out),
    ...(start ? { weights: start.weights, startedFrom: start.startedFrom, measureNorms: start.measureNorms } : {}),
    ...(onStep ? { onStep } : {}),
    ...(onEpoch ? { onEpoch } : {}),
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  const classifier = await loadClassifier(modelPath, session);
  try {
    return await scoreFold(classifier, protocol, dataset, test);
  } finally {
    await classifier.release();
  }
}

/** The recipe on the fold's dataset, whatever data it was written for. */
function forFold(recipe: Recipe, { name }: Dataset): Recipe {
  return {
    ...recipe,
    data: { dataset: name, trainSplit: 'train', validationSplit: 'validation' },
    heads: recipe.heads.map((head) => (head.kind === 'identity' ? head : { ...head, trainedOn: name })),
    expected: [],
  };
}

/** @throws {MienError} when an output learns other classes, or a labelling that records do not have */
function checkHeads(recipe: Recipe, { id }: Protocol, classes: readonly string[]): void {
  for (const head of classesHeads(recipe)) {
    if (head.classes.join() !== classes.join()) {
      throw new MienError(
        `${recipe.id}: output ${head.output} learns ${head.classes.join(', ')}, but the classes of ${id} are ${classes.join(', ')}`,
      );
    }
    if (head.target !== LABEL) {
      throw new MienError(
        `${recipe.id}: output ${head.output} learns the labelling "${head.target}", which the images of ${id} do not have`,
      );
    }
  }
}
