/**
 * Several models that answer as one, at the level of decisions (Li & Deng 2020, A survey of deep facial expression
 * recognition, table 4):
 *   mean      p = 1/M Σₘ pₘ
 *   weighted  p = Σₘ wₘ·pₘ,  wₘ = Vₘ^q / Σⱼ Vⱼ^q,  Vₘ the accuracy of member m on other images, q chosen there (Kim et al. 2015,
 *             doi:10.1007/s12193-015-0209-0: the exponentially weighted average by validation accuracy)
 *   vote      the class that most members answer; of equally many, the one of the greater mean probability
 * Probabilities are calibrated by each member's own temperature. Those of a vote are (votes + mean probability)/(M +
 * 1): the vote decides, the mean breaks ties.
 *
 * Shape legend: M members, N images, D classes.
 */
import { MienError } from '../errors.ts';
import { Random } from '../tensor/index.ts';
import { outcomesOf, type Answers, type SplitAnswers } from './answers.ts';
import { namesOf, requireSameImages } from './compare-models.ts';

export const ENSEMBLE_METHODS = ['mean', 'weighted', 'vote'] as const;
export type EnsembleMethod = (typeof ENSEMBLE_METHODS)[number];

const NAMES: Readonly<Record<EnsembleMethod, string>> = { mean: 'mean', weighted: 'weighted mean', vote: 'vote' };
/** Exponents that are tried; 0 is the plain mean. */
const EXPONENTS = [0, 1, 2, 4, 8, 16, 32, 64];
const FOLDS = 5;

export interface EnsembleWeights {
  /** [M] Sum 1. */
  readonly weights: readonly number[];
  readonly exponent: number;
  /** The split whose images chose them. */
  readonly fittedOn: string;
  /**
   * Whether the split is the one that is measured: each fifth of it is then answered with weights that the other four
   * chose.
   */
  readonly crossValidated: boolean;
}

export interface EnsembleAnswers {
  readonly method: EnsembleMethod;
  readonly answers: SplitAnswers;
  /** Weights of the method `weighted`; null for the others. */
  readonly weights: EnsembleWeights | null;
}

/**
 * @param members the answers of each to the same split, at least two
 * @param fitting their answers to the split that weights are chosen on; the method `weighted` cross-validates on
 *   `members` themselves where it is absent. Other methods need none.
 * @throws {MienError} for fewer than two members   @throws {ShapeError} when their answers are to different images
 */
export function combineAnswers(
  members: readonly SplitAnswers[],
  method: EnsembleMethod,
  fitting?: readonly SplitAnswers[],
): EnsembleAnswers {
  if (members.length < 2) throw new MienError(`ensemble: expected two models or more, got ${members.length}`);
  for (const set of [members, fitting ?? []]) for (const other of set.slice(1)) requireSameImages(set[0]!, other);
  const even = members.map(() => 1 / members.length);
  if (method !== 'weighted')
    return {
      method,
      weights: null,
      answers: joined(members, method, method === 'vote' ? votes : (parts) => mix(parts, () => even)),
    };

  const source = fitting ?? members;
  const all = fitWeights(source.map(({ main }) => main));
  const weights = { ...all, fittedOn: source[0]!.split, crossValidated: !fitting };
  const weightsOf = fitting
    ? () => all.weights
    : crossValidated(
        members.map(({ main }) => main),
        all.weights,
      );
  return { method, weights, answers: joined(members, method, (parts) => mix(parts, (id) => weightsOf(id))) };
}

/** The members' answers to every set of images, joined by `join`. */
function joined(
  members: readonly SplitAnswers[],
  method: EnsembleMethod,
  join: (parts: readonly Answers[]) => Answers,
): SplitAnswers {
  const [{ dataset, split, labelSets, unclear }] = members as [SplitAnswers];
  const each = (
    sets: ReadonlyMap<string, Answers>,
    of: (member: SplitAnswers) => ReadonlyMap<string, Answers>,
  ): Map<string, Answers> =>
    new Map([...sets.keys()].map((name) => [name, join(members.map((member) => of(member).get(name)!))]));
  return {
    model: `${NAMES[method]} of ${namesOf(members).join(', ')}`,
    head: [...new Set(members.map(({ head }) => head))].join(', '),
    dataset,
    split,
    main: join(members.map(({ main }) => main)),
    values: {},
    labelSets: each(labelSets, (member) => member.labelSets),
    unclear: each(unclear, (member) => member.unclear),
  };
}

/** @param weightsOf [M] for an image, by its id */
function mix(parts: readonly Answers[], weightsOf: (id: string) => readonly number[]): Answers {
  const { images } = parts[0]!;
  const D = images.classes.length;
  const probabilities = new Float64Array(parts[0]!.probabilities.length);
  images.ids.forEach((id, i) => {
    const weights = weightsOf(id);
    parts.forEach((part, m) => {
      for (let k = i * D; k < (i + 1) * D; k++) probabilities[k]! += weights[m]! * part.probabilities[k]!;
    });
  });
  return { images, probabilities };
}

function votes(parts: readonly Answers[]): Answers {
  const { images } = parts[0]!;
  const D = images.classes.length;
  const M = parts.length;
  const { probabilities } = mix(parts, () => parts.map(() => 1 / M));
  for (const part of parts) {
    images.ids.forEach((_, i) => {
      const row = part.probabilities.subarray(i * D, (i + 1) * D);
      probabilities[i * D + row.indexOf(row.reduce((a, b) => Math.max(a, b)))]! += 1;
    });
  }
  return { images, probabilities: probabilities.map((v) => v / (M + 1)) };
}

/**
 * Weights by accuracy; of equally accurate exponents the smallest. @param members answers with labels   @param uses
 * images that count; default all
 */
function fitWeights(
  members: readonly Answers[],
  uses: (id: string) => boolean = () => true,
): { weights: readonly number[]; exponent: number } {
  const accuracyOf = (answers: Answers): number => {
    const { rows, right } = outcomesOf(answers);
    const counted = right.filter((_, i) => uses(answers.images.ids[rows[i]!]!));
    return counted.filter(Boolean).length / counted.length;
  };
  const accuracies = members.map(accuracyOf);
  const candidates = EXPONENTS.map((exponent) => {
    // Relative to the best, so that no power vanishes
    const raw = accuracies.map((a) => (a / Math.max(...accuracies)) ** exponent);
    const weights = raw.map((w) => w / raw.reduce((x, y) => x + y, 0));
    return { exponent, weights, accuracy: accuracyOf(mix(members, () => weights)) };
  });
  const best = Math.max(...candidates.map(({ accuracy }) => accuracy));
  // Without labels every accuracy is NaN: the plain mean
  return (
    candidates.find(({ accuracy }) => accuracy === best) ?? {
      exponent: 0,
      weights: members.map(() => 1 / members.length),
    }
  );
}

/** For each image, by its id, weights that it had no part in; `all` for images that chose none. */
function crossValidated(members: readonly Answers[], all: readonly number[]): (id: string) => readonly number[] {
  const { ids } = members[0]!.images;
  const order = new Random(0, 'ensemble/folds').permutation(ids.length);
  const foldOf = new Map<string, number>();
  order.forEach((row, place) => foldOf.set(ids[row]!, place % FOLDS));
  const folds = Array.from(
    { length: FOLDS },
    (_, fold) => fitWeights(members, (id) => foldOf.get(id) !== fold).weights,
  );
  return (id) => {
    const fold = foldOf.get(id);
    return fold === undefined ? all : folds[fold]!;
  };
}
