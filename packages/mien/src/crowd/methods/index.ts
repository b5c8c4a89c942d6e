/** The registry of methods, and truth inference: votes in; posterior, labels, reliability and parameters out. */
import { InputError } from '../../errors.ts';
import type { StoppingOptions } from './base.ts';
import type { Votes } from '../votes.ts';
import { chooseMethod } from './choose.ts';
import { dawidSkene } from './dawid-skene.ts';
import { methodFits, type MethodDefinition, type Setting } from './definition.ts';
import { glad } from './glad.ts';
import { hierarchical } from './hierarchical.ts';
import { mace } from './mace.ts';
import { majorityVote } from './majority-vote.ts';
import { oneCoin } from './one-coin.ts';
import { raf } from './raf.ts';
import { indexVotes, type VoteIndex } from './vote-index.ts';

/** Standing here is being offered and tested everywhere. */
const METHODS = [majorityVote, dawidSkene, oneCoin, glad, raf, mace, hierarchical] as const;

type Method = (typeof METHODS)[number];
export type MethodName = Method['name'];
type Named<M extends MethodName> = Extract<Method, { readonly name: M }>;
export type InferenceOf<M extends MethodName> = ReturnType<Named<M>['infer']>;
/** What any of the methods gives, told apart by `method`. */
export type Inference = { readonly [M in MethodName]: InferenceOf<M> }[MethodName];
/** What each method takes. */
export type MethodOptions = { readonly [M in MethodName]: Parameters<Named<M>['infer']>[1] };

export const METHOD_NAMES: readonly MethodName[] = METHODS.map(({ name }) => name);

/** A method's answers about itself. */
export type MethodInfo = Omit<MethodDefinition<MethodName, object, Inference>, 'settings'> & {
  readonly settings: Readonly<Record<string, Setting>>;
};

/** @throws {InputError} when there is none of that name */
export function methodOf(name: MethodName): MethodInfo {
  const found = METHODS.find((method) => method.name === name);
  if (found === undefined)
    throw new InputError('method', `expected auto or one of ${METHOD_NAMES.join(', ')}, got "${String(name)}"`);
  return found as MethodInfo;
}

/** Whether the votes' workers and classes are within what a method takes. */
export function methodTakes(name: MethodName, { workers, classes }: Votes): boolean {
  return methodFits(methodOf(name), workers.length, classes.length);
}

/**
 * Infers the classes of tasks and the reliability of workers from votes. The result is the same, to the last bit, for
 * any order of the rows and any names of tasks and workers.
 * @param method by default 'auto': what the votes ask for, and `choice` in the result says why
 * @param options of the method, see {@link MethodOptions}
 * @throws {InputError} when the method is unknown, an option out of its range, or the votes beyond what the method
 *   takes
 * @example
 * ```ts
 * import { createVotes, infer } from 'mienjs/crowd';
 *
 * const votes = createVotes([
 *   { task: 'a', worker: 'ann', label: 'happiness' },
 *   { task: 'a', worker: 'bob', label: 'happiness' },
 *   { task: 'a', worker: 'cem', label: 'neutral' },
 * ]);
 * const { labels } = infer(votes, 'mv');
 * votes.classes[labels[0]!]; // → 'happiness'
 * // Without a method the votes choose one, and `choice` of the result says why
 * infer(votes).method; // → 'mv'
 * ```
 */
export function infer<M extends MethodName>(votes: Votes, method: M, options?: MethodOptions[M]): InferenceOf<M>;
export function infer(votes: Votes, method?: MethodName | 'auto', options?: StoppingOptions): Inference;
export function infer(votes: Votes, method: MethodName | 'auto' = 'auto', options: object = {}): Inference {
  if (method !== 'auto') return inferBy(methodOf(method), indexVotes(votes), options);
  const index = indexVotes(votes);
  const choice = chooseMethod(votes, index);
  const chosen = methodOf(choice.method);
  return { ...inferBy(chosen, index, { ...choice.settings, ...options }), choice };
}

function inferBy(method: MethodInfo, index: VoteIndex, options: object): Inference {
  return method.infer(index, options);
}
