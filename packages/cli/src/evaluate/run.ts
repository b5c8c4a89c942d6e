/**
 * What `mien evaluate` measures: one model, several compared, or several as one; each as a document, as text and as a
 * page.
 */
import {
  answerSplit,
  combineAnswers,
  compareModels,
  describeRobustness,
  type EnsembleMethod,
  evaluateAnswers,
  loadMeshYaw,
  measureRobustness,
  namesOf,
  pictureOf,
  renderComparison,
  renderReport,
  type Evaluation,
  type Robustness,
  type SplitAnswers,
} from 'mienjs/evaluate';
import type { ExpressionClassifier } from 'mienjs/predict';
import { findSplit, loadSamples, roleOfSplit } from 'mienjs/data';
import { describeSplit } from '../data/data-input.ts';
import { log, Progress } from '../output.ts';
import { describeComparison, describeEvaluation, describeMembers, describePairs } from './describe.ts';
import { withModels, type LoadedModel, type LoadModelOptions } from './models.ts';

export interface MeasureOptions extends LoadModelOptions {
  readonly split?: string;
  readonly robustness?: true;
  readonly robustnessImages?: number;
  readonly ensemble?: EnsembleMethod;
  /** Where the weights of an ensemble are fitted. */
  readonly weightsSplit?: string;
}

export interface Measured {
  /** What --json prints. */
  readonly document: object;
  readonly text: string;
  /** The page of --report. */
  page(): Promise<string>;
}

/** @throws {InputError} naming the model, the data or the split that is wrong */
export function measure(names: readonly string[], options: MeasureOptions): Promise<Measured> {
  return withModels(names, options, (models) => {
    if (options.ensemble !== undefined) return measureEnsemble(models, options.ensemble, options);
    return models.length === 1 ? measureOne(models[0]!, options) : measureSeveral(models, options);
  });
}

async function measureOne(model: LoadedModel, options: MeasureOptions): Promise<Measured> {
  const answers = await answer(model, options);
  const evaluation = await evaluateAnswers(answers);
  const robustness = options.robustness ? await robustnessOf(model, options) : undefined;
  return {
    document: { ...evaluation, ...(robustness ? { robustness } : {}) },
    text: describeEvaluation(evaluation) + (robustness ? describeRobustness(robustness) : ''),
    page: async () =>
      renderReport(evaluation, {
        pictures: await picturesOf(evaluation, answers),
        ...(robustness ? { robustness } : {}),
      }),
  };
}

async function measureSeveral(models: readonly LoadedModel[], options: MeasureOptions): Promise<Measured> {
  const answers: SplitAnswers[] = [];
  for (const model of models) answers.push(await answer(model, options));
  const comparisons = compareModels(answers);
  const evaluations: Evaluation[] = [];
  for (const each of answers) evaluations.push(await evaluateAnswers(each));
  const names = namesOf(answers);
  const { dataset, split, n } = evaluations[0]!;
  return {
    document: { dataset, split, n, models: evaluations, comparisons },
    text: describeComparison(names, evaluations, comparisons),
    page: () => Promise.resolve(renderComparison(names, evaluations, comparisons)),
  };
}

async function measureEnsemble(
  models: readonly LoadedModel[],
  method: EnsembleMethod,
  options: MeasureOptions,
): Promise<Measured> {
  const members: SplitAnswers[] = [];
  for (const model of models) members.push(await answer(model, options));
  const ensemble = combineAnswers(members, method, await answersToFit(models, members[0]!.split, options));
  const comparisons = compareModels([ensemble.answers, ...members])
    .slice(0, members.length)
    .map((pair) => ({ ...pair, first: 'ensemble' }));
  const evaluation = await evaluateAnswers(ensemble.answers);
  const evaluations: Evaluation[] = [];
  for (const member of members) evaluations.push(await evaluateAnswers(member));
  const made = {
    names: namesOf(members),
    evaluations,
    weights: ensemble.weights,
    bytes: models.reduce((sum, model) => sum + model.bytes, 0),
  };
  return {
    document: {
      ...evaluation,
      ensemble: {
        method,
        members: evaluations.map((e, i) => ({ ...e, model: made.names[i]!, weight: made.weights?.weights[i] ?? null })),
        weights: made.weights,
        bytes: made.bytes,
      },
      comparisons,
    },
    text: describeEvaluation(evaluation) + describeMembers(made) + describePairs(comparisons),
    page: async () =>
      renderReport(evaluation, {
        pictures: await picturesOf(evaluation, ensemble.answers),
        comparisons,
        members: made,
      }),
  };
}

/** The members' answers to the split of --weights-split; undefined where it is the measured one, or none is given. */
async function answersToFit(
  models: readonly LoadedModel[],
  measured: string,
  { weightsSplit, ...options }: MeasureOptions,
): Promise<SplitAnswers[] | undefined> {
  if (weightsSplit === undefined) return undefined;
  const split = findSplit(models[0]!.dataset, weightsSplit);
  if (split === measured) return undefined;
  const fitting: SplitAnswers[] = [];
  for (const model of models) fitting.push(await answer(model, { ...options, split }));
  return fitting;
}

async function answer({ classifier, dataset }: LoadedModel, { split, data }: MeasureOptions): Promise<SplitAnswers> {
  const answers = await withProgress('evaluate', (onProgress) =>
    answerSplit(classifier, dataset, { ...(split === undefined ? {} : { split }), onProgress }),
  );
  warn(answers, classifier, data[0]!.path);
  return answers;
}

/** Says on stderr what flatters or wrongs the model. */
function warn({ dataset, split, head, main }: SplitAnswers, { model }: ExpressionClassifier, path: string): void {
  describeSplit(dataset, path, split);
  const found = model.heads.find(({ output }) => output === head);
  if (!found) return;
  const { classes: known, trainedOn } = found;
  if (trainedOn === (dataset.labelsOf ?? dataset.name) && (roleOfSplit(split) ?? 'train') === 'train') {
    log(
      `${path}: ${split} may hold the images that the model was trained on, which flatter it; its card has figures on others`,
    );
  }
  const { classes, labels } = main.images;
  classes.forEach((name, k) => {
    const support = known.includes(name) ? 0 : labels.reduce((sum, label) => sum + (label === k ? 1 : 0), 0);
    if (support > 0) log(`${head} has no class "${name}": its ${support} images count as errors`);
  });
}

async function robustnessOf(
  { classifier, dataset }: LoadedModel,
  { split, robustnessImages }: MeasureOptions,
): Promise<Robustness> {
  const measureYaw = await loadMeshYaw();
  return withProgress('robustness', (onProgress) =>
    measureRobustness(classifier, dataset, {
      measureYaw,
      onProgress,
      ...(split === undefined ? {} : { split }),
      ...(robustnessImages === undefined ? {} : { images: robustnessImages }),
    }),
  );
}

/** Pictures of the mistakes that are listed, by their ids. */
async function picturesOf({ mistakes }: Evaluation, { main: { images } }: SplitAnswers): Promise<Map<string, string>> {
  const pictures = new Map<string, string>();
  if (!images.inputs['image']) return pictures;
  for (const { id } of mistakes) {
    const { images: table } = await loadSamples(images, Int32Array.of(images.ids.indexOf(id)));
    pictures.set(id, await pictureOf(table, 0));
  }
  return pictures;
}

async function withProgress<T>(
  label: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let bar: Progress | undefined;
  try {
    return await work((done, total) => (bar ??= new Progress(label, total)).update(done));
  } finally {
    bar?.finish();
  }
}
