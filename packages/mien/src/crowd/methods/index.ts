/** Truth inference: votes in; posterior, labels, reliability and parameters out. */
import { InputError } from '../../errors.ts';
import { METHOD_NAMES, type InferenceOf, type MethodName, type MethodOptions } from '../inference.ts';
import type { Votes } from '../votes.ts';
import { inferDawidSkene } from './dawid-skene.ts';
import { inferGlad } from './glad.ts';
import { inferMace } from './mace.ts';
import { inferMajority } from './majority-vote.ts';
import { inferOneCoin } from './one-coin.ts';
import { inferRaf } from './raf.ts';
import { indexVotes, type VoteIndex } from './vote-index.ts';

const METHODS: { readonly [M in MethodName]: (index: VoteIndex, options: MethodOptions[M]) => InferenceOf<M> } = {
  mv: inferMajority,
  ds: inferDawidSkene,
  'one-coin': inferOneCoin,
  glad: inferGlad,
  raf: inferRaf,
  mace: inferMace,
};

/**
 * Infers the classes of tasks and the reliability of workers from votes. The result is the same, to the last bit, for any
 * order of the rows and any names of tasks and workers.
 * @param options of the method, see {@link MethodOptions}
 * @throws {InputError} when the method is unknown or an option out of its range
 */
export function infer<M extends MethodName>(votes: Votes, method: M, options: MethodOptions[M] = {}): InferenceOf<M> {
  if (!Object.hasOwn(METHODS, method)) throw new InputError('method', `expected one of ${METHOD_NAMES.join(', ')}, got "${method}"`);
  return METHODS[method](indexVotes(votes), options);
}
