/**
 * Simulated annotators with known truth, for tests, benchmarks and planning.
 *
 * Shape legend: T tasks, W workers, K classes.
 */
import { InputError } from '../errors.ts';
import { EXPRESSIONS_7 } from '../labels/index.ts';
import { Random } from '../tensor/index.ts';
import { ANNOTATOR_KINDS, createAnnotator, type Annotator, type AnnotatorKind } from './simulated-annotators.ts';
import type { Votes } from './votes.ts';

export { ANNOTATOR_KINDS, type AnnotatorKind } from './simulated-annotators.ts';

export interface SimulationOptions {
  readonly tasks: number;
  readonly workers: number;
  /** A number, or the least and the most: each task draws its own. */
  readonly votesPerTask: number | readonly [number, number];
  /** Default the 7 basic expressions. */
  readonly classes?: readonly string[];
  /** [K] weights; default equal. */
  readonly classPrior?: readonly number[];
  /**
   * Weights of the kinds; the workers are divided by them, rounded by largest remainder. Default {@link DEFAULT_MIX}.
   */
  readonly mix?: Partial<Readonly<Record<AnnotatorKind, number>>>;
  /** ln β of the tasks is normal with this mean and deviation; the difficulty is 1/β. Default 0.5, 0.8. */
  readonly logEase?: { readonly mean: number; readonly deviation: number };
  /** Workers and tasks fall in this many groups that share no votes. Default 1. */
  readonly groups?: number;
  readonly seed: number;
}

export interface Simulation {
  readonly votes: Votes;
  /** [T] class */
  readonly truth: Int32Array;
  /** [T] 1/β */
  readonly difficulty: Float64Array;
  /** [W] */
  readonly kinds: readonly AnnotatorKind[];
  /** [W] of a kind without one: the α that would be right as often over these tasks */
  readonly alpha: Float64Array;
}

export const DEFAULT_MIX: Readonly<Record<AnnotatorKind, number>> = {
  reliable: 0.78,
  careless: 0.1,
  spammer: 0.04,
  constant: 0.02,
  adversary: 0.02,
  biased: 0.04,
};

/**
 * Draws truth, tasks, workers and votes; a pure function of its options.
 * @throws {InputError} when an option is out of its range or more votes are asked of a task than its group has workers
 */
export function simulateVotes(options: SimulationOptions): Simulation {
  const {
    tasks: T,
    workers: W,
    seed,
    groups = 1,
    classes = EXPRESSIONS_7,
    logEase = { mean: 0.5, deviation: 0.8 },
  } = options;
  const K = classes.length;
  const [fewest, most] = checkOptions(options, K);
  const prior = shares(options.classPrior ?? Array.from({ length: K }, () => 1), 'classPrior');

  const draw = new Random(seed, 'crowd/tasks');
  const truth = Int32Array.from({ length: T }, () => drawFrom(prior, draw));
  const ease = Float64Array.from({ length: T }, () => Math.exp(logEase.mean + logEase.deviation * draw.normal()));
  const kinds = assignKinds(options.mix ?? DEFAULT_MIX, W, new Random(seed, 'crowd/kinds'));
  const annotators = kinds.map((kind, w) => createAnnotator(kind, prior, ease, new Random(seed, `crowd/worker-${w}`)));

  const counts = Int32Array.from({ length: T }, () => fewest + draw.int(most - fewest + 1));
  const N = counts.reduce((a, b) => a + b, 0);
  const [task, worker, label] = [new Int32Array(N), new Int32Array(N), new Int32Array(N)];
  const members = Array.from({ length: groups }, (_, g) =>
    Int32Array.from({ length: Math.ceil((W - g) / groups) }, (_, i) => g + i * groups),
  );
  const votes = new Random(seed, 'crowd/votes');
  let v = 0;
  for (let t = 0; t < T; t++) {
    const chosen = chooseSome(members[t % groups]!, counts[t]!, votes);
    for (const w of chosen) {
      task[v] = t;
      worker[v] = w;
      label[v++] = annotators[w]!.vote(truth[t]!, ease[t]!, votes);
    }
  }
  return {
    votes: {
      tasks: numberedNames('task', T),
      workers: numberedNames('worker', W),
      classes: [...classes],
      task,
      worker,
      label,
    },
    truth,
    difficulty: ease.map((beta) => 1 / beta),
    kinds,
    alpha: Float64Array.from(annotators, (annotator: Annotator) => annotator.alpha),
  };
}

/** @returns the least and the most votes of a task */
function checkOptions(
  { tasks, workers, votesPerTask, groups = 1, classPrior, logEase }: SimulationOptions,
  K: number,
): readonly [number, number] {
  const range = typeof votesPerTask === 'number' ? ([votesPerTask, votesPerTask] as const) : votesPerTask;
  for (const [name, value] of Object.entries({ tasks, workers, groups, votesPerTask: range[0] })) {
    if (!Number.isInteger(value) || value < 1)
      throw new InputError(name, `expected a positive whole number, got ${value}`);
  }
  const smallestGroup = Math.floor(workers / groups);
  if (!(Number.isInteger(range[1]) && range[1] >= range[0]))
    throw new InputError('votesPerTask', `expected the least and the most, got ${range[0]}, ${range[1]}`);
  if (range[1] > smallestGroup)
    throw new InputError('votesPerTask', `expected at most the ${smallestGroup} workers of a group, got ${range[1]}`);
  if (K < 2) throw new InputError('classes', `expected two or more, got ${K}`);
  if (classPrior && classPrior.length !== K)
    throw new InputError('classPrior', `expected ${K} weights, got ${classPrior.length}`);
  if (logEase && !(Number.isFinite(logEase.mean) && logEase.deviation >= 0 && logEase.deviation < Infinity))
    throw new InputError(
      'logEase',
      `expected a mean and a deviation of 0 or more, got ${logEase.mean}, ${logEase.deviation}`,
    );
  return range;
}

/** @returns the weights divided by their sum */
function shares(weights: readonly number[], name: string): Float64Array {
  const total = weights.reduce((a, b) => a + b, 0);
  if (!(weights.every((weight) => weight >= 0) && total > 0 && total < Infinity))
    throw new InputError(name, `expected weights of 0 or more, some above 0, got ${weights.join(', ')}`);
  return Float64Array.from(weights, (weight) => weight / total);
}

/** @returns an index, with the probabilities given */
function drawFrom(probabilities: Float64Array, random: Random): number {
  let rest = random.uniform();
  let last = 0;
  for (let k = 0; k < probabilities.length; k++) {
    if (probabilities[k]! === 0) continue;
    last = k;
    if ((rest -= probabilities[k]!) < 0) return k;
  }
  return last;
}

function assignKinds(
  mix: Partial<Readonly<Record<AnnotatorKind, number>>>,
  W: number,
  random: Random,
): AnnotatorKind[] {
  const exact = shares(
    ANNOTATOR_KINDS.map((kind) => mix[kind] ?? 0),
    'mix',
  ).map((share) => share * W);
  const counts = exact.map(Math.floor);
  const byRemainder = Array.from(exact.keys()).sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!));
  const left = W - counts.reduce((a, b) => a + b, 0);
  for (const kind of byRemainder.slice(0, left)) counts[kind]!++;
  const sorted = ANNOTATOR_KINDS.flatMap((kind, i) => Array.from({ length: counts[i]! }, () => kind));
  return Array.from(random.permutation(W), (i) => sorted[i]!);
}

/** @param pool reordered in place   @returns n of it, different, ascending */
function chooseSome(pool: Int32Array, n: number, random: Random): Int32Array {
  for (let i = 0; i < n; i++) {
    const j = i + random.int(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, n).sort();
}

/** @returns `prefix-001` …, padded so that they sort by number */
function numberedNames(prefix: string, count: number): string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(width, '0')}`);
}
