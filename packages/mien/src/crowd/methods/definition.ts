/**
 * A method of truth inference as an entry of the registry (index.ts): it answers for itself whatever the rest of the
 * flow, the command line and the report want to know, so that none of them names a method.
 *
 * Shape legend: T tasks, W workers, K classes.
 */
import type { InferenceBase } from './base.ts';
import type { VoteIndex } from './vote-index.ts';

/** A setting of a method, as a command line or a form shows it. */
export interface Setting {
  /** What it sets, without its default. */
  readonly about: string;
  readonly value:
    | { readonly kind: 'whole number'; readonly least: number }
    | { readonly kind: 'number'; readonly orZero: boolean; readonly unit: string }
    | { readonly kind: 'range' }
    | { readonly kind: 'choice'; readonly of: readonly string[] };
  /** In words. */
  readonly byDefault: string;
}

/** What a result is apart from its method's name. */
export type Result<Name extends string> = InferenceBase & { readonly method: Name };

export interface MethodDefinition<
  Name extends string = string,
  Options extends object = object,
  Found extends Result<Name> = Result<Name>,
> {
  readonly name: Name;
  /** For headings: `Dawid–Skene`. */
  readonly title: string;
  /** The title with its source, for lists. */
  readonly about: string;
  /** What `reliability` is: `accuracy`. */
  readonly reliability: string;
  /** The reliability of a worker who guesses. */
  guessing(K: number): number;
  /**
   * What a vote weighs by its worker's reliability, before guessing workers are left out. Default: the reliability.
   * @param reliability [W]   @returns [W]
   */
  weights?(reliability: Float64Array): Float64Array;
  /**
   * Whether it has a confusion matrix for each worker: K² numbers, which limits how many workers and classes it takes.
   */
  readonly hasConfusion: boolean;
  /** Whether errors fall evenly on the wrong classes in its model, so that it cannot express lopsided ones. */
  readonly hasEvenErrors: boolean;
  /** Why a label may be one that nobody voted for; a clause. */
  readonly unvotedLabels: string;
  readonly settings: { readonly [Option in keyof Required<Options>]: Setting };
  /** @throws {InputError} a setting out of its range, or votes beyond what it takes */
  infer(index: VoteIndex, options: Options): Found;
  /** What it knows of worker w beside the reliability; classes in their order, rows of a confusion by true class. */
  parameters(found: Found, w: number, K: number): Readonly<Record<string, unknown>> | undefined;
}

/** Checks a definition's type, and keeps its name as a literal. */
export function defineMethod<const Name extends string, Options extends object, Found extends Result<Name>>(
  definition: MethodDefinition<Name, Options, Found>,
): MethodDefinition<Name, Options, Found> {
  return definition;
}

/** Settings of every method that goes by rounds. */
export const STOPPING = {
  maxIterations: { about: 'most rounds of EM', value: { kind: 'whole number', least: 1 }, byDefault: '200' },
  tolerance: {
    about: 'stop when a round gains less log-likelihood a vote',
    value: { kind: 'number', orZero: true, unit: 'nats' },
    byDefault: '1e-9',
  },
} as const satisfies Record<string, Setting>;

export const SMOOTHING = {
  about: 'pseudo-count added to every count',
  value: { kind: 'number', orZero: true, unit: 'count' },
  byDefault: '0',
} as const satisfies Setting;

/**
 * Numbers in the confusion matrices, of which there are some copies: 1.3 GiB in all. More means a label column that is
 * none.
 */
const MAX_CELLS = 2 ** 25;

/** Whether so many workers and classes are within what the method takes. */
export function methodFits(
  { hasConfusion }: Pick<MethodDefinition, 'hasConfusion'>,
  workers: number,
  classes: number,
): boolean {
  return !hasConfusion || workers * classes ** 2 <= MAX_CELLS;
}

/** Row r of values [·,K]. */
export const rowOf = (values: Float64Array, r: number, K: number): number[] => [...values.subarray(r * K, (r + 1) * K)];

/** [K][K] of worker w in values [W,K,K] */
export const matrixOf = (values: Float64Array, w: number, K: number): number[][] =>
  Array.from({ length: K }, (_, k) => rowOf(values, w * K + k, K));
