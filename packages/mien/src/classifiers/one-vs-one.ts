/** One-against-one classification, as LibSVM does it. Shape legend: K classes, P pairs of classes that occur. */
import { argMax } from '../tensor/arg-max.ts';

/** A pair of classes, first < second; a decision value above 0 is a vote for the first. */
export type Pair = readonly [first: number, second: number];

/**
 * @param byClass see `rowsByClass`: classes without rows are in no pair   @returns [P] in the order 0–1, 0–2, …, 1–2, …
 */
export function pairsOf(byClass: readonly { readonly length: number }[]): Pair[] {
  const present = [...byClass.keys()].filter((k) => byClass[k]!.length > 0);
  return present.flatMap((first, i) => present.slice(i + 1).map((second): Pair => [first, second]));
}

/**
 * The class with most votes; of equal ones the lowest. A value of exactly 0 is a vote for the second class, as in
 * LibSVM.
 * @param value the decision value of pair p
 */
export function vote(pairs: readonly Pair[], classCount: number, value: (p: number) => number): number {
  const votes = new Int32Array(classCount);
  pairs.forEach(([first, second], p) => {
    votes[value(p) > 0 ? first : second]!++;
  });
  return argMax(votes);
}
