/**
 * Adaptive overlap: an image whose label is certain needs no further votes.
 *
 * Shape legend: N votes, T tasks, K classes.
 */
import { InputError } from '../errors.ts';
import type { Inference } from './inference.ts';
import type { Votes } from './votes.ts';

/** When to stop asking about a task. */
export interface StoppingRule {
  /** The probability of its likeliest class from which a task is certain, 0.5 to 1. */
  readonly certainty: number;
  /** Votes that each task gets in any case. */
  readonly least: number;
  /** Votes after which nobody is asked further. */
  readonly most: number;
}

/** @throws {InputError} naming what is out of its range */
function checkStoppingRule({ certainty, least, most }: StoppingRule): void {
  if (!(certainty >= 0.5 && certainty <= 1)) throw new InputError('certainty', `expected 0.5 to 1, got ${certainty}`);
  if (!Number.isInteger(least) || least < 1)
    throw new InputError('least', `expected a whole number from 1, got ${least}`);
  if (!Number.isInteger(most) || most < least)
    throw new InputError('most', `expected a whole number from the least, ${least}, got ${most}`);
}

/**
 * How many votes each task wants under a stopping rule: those it has, once max p ≥ certainty and it has the least;
 * otherwise the most. A certainty is that of all votes so far, so that a task may be asked about again when later votes
 * tell that its annotators are worse than they seemed.
 * @param inference of these votes
 * @returns [T], never below the votes that a task has
 * @throws {InputError} when the rule is out of its range
 * @example
 * ```ts
 * import { createVotes, infer, wantedLabels } from 'mienjs/crowd';
 *
 * const votes = createVotes([
 *   { task: 'a', worker: 'ann', label: 'happiness' },
 *   { task: 'a', worker: 'bob', label: 'happiness' },
 *   { task: 'b', worker: 'ann', label: 'happiness' },
 *   { task: 'b', worker: 'bob', label: 'neutral' },
 * ]);
 * wantedLabels(votes, infer(votes, 'mv'), { certainty: 0.9, least: 2, most: 10 }); // → Int32Array.from([2, 10])
 * ```
 */
export function wantedLabels(
  votes: Votes,
  { posterior }: Pick<Inference, 'posterior'>,
  rule: StoppingRule,
): Int32Array {
  checkStoppingRule(rule);
  const { certainty, least, most } = rule;
  const K = votes.classes.length;
  const wanted = new Int32Array(votes.tasks.length);
  for (const t of votes.task) wanted[t]!++;
  for (let t = 0; t < wanted.length; t++) {
    const has = wanted[t]!;
    const sure = Math.max(...posterior.subarray(t * K, (t + 1) * K));
    if (has < least || sure < certainty) wanted[t] = Math.max(has, most);
  }
  return wanted;
}
