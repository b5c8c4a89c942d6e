/** Truth inference: votes in; posterior, labels, reliability and parameters out. */
import { InputError } from '../../errors.ts';
import type { Inference, InferenceOf, MethodName, MethodOptions } from '../inference.ts';
import type { Votes } from '../votes.ts';
import { inferMajority } from './majority-vote.ts';
import { indexVotes } from './vote-index.ts';

/**
 * Infers the classes of tasks and the reliability of workers from votes. The result is the same, to the last bit, for any
 * order of the rows and any names of tasks and workers.
 * @param options of the method, see {@link MethodOptions}
 * @throws {InputError} when an option is out of its range
 */
export function infer<M extends MethodName>(votes: Votes, method: M, options?: MethodOptions[M]): InferenceOf<M>;
export function infer(votes: Votes, method: MethodName, _options: MethodOptions[MethodName] = {}): Inference {
  const index = indexVotes(votes);
  if (method === 'mv') return inferMajority(index);
  throw new InputError('method', `expected mv, got ${method}`);
}
