/**
 * FER+ targets from the ten votes an image got.
 * Source: Barsoum et al. 2016, "Training deep networks for facial expression recognition with
 * crowd-sourced label distribution" (arXiv:1608.01041), and the rules of its published data preparation.
 *
 * Votes are counts over the 10 `FERPLUS_CATEGORIES`. A category with a single vote is an outlier and counts as 0.
 */
import { EXPRESSIONS_8, FERPLUS_CATEGORIES } from '../../labels/index.ts';

const EMOTIONS = EXPRESSIONS_8.length;
const CATEGORIES = FERPLUS_CATEGORIES.length;

/** The votes without the outliers, and their sum. */
function withoutOutliers(votes: ArrayLike<number>): { kept: number[]; total: number } {
  const kept = Array.from({ length: CATEGORIES }, (_, i) => (votes[i]! > 1 ? votes[i]! : 0));
  return { kept, total: kept.reduce((sum, v) => sum + v, 0) };
}

/**
 * The emotion that holds more than half of the remaining votes.
 * @param votes [10]   @returns index into `EXPRESSIONS_8`; −1 when there is none, or it is unknown or not a face
 */
export function majorityLabel(votes: ArrayLike<number>): number {
  const { kept, total } = withoutOutliers(votes);
  return kept.findIndex((v, i) => i < EMOTIONS && v > total / 2);
}

/**
 * The distribution of the "probability" and "cross-entropy" schemes: the leading categories, until three
 * quarters of the remaining votes are covered or three categories are taken; equal categories enter together.
 * Unknown and NF end it, and count only when no emotion came before.
 * @param votes [10]
 * @returns [8] over `EXPRESSIONS_8`, sum 1; undefined where the image is left out: its top is unknown or NF,
 *   what was taken is at most half of the votes, or ties made it more than three categories
 */
export function distributionTarget(votes: ArrayLike<number>): Float32Array | undefined {
  const { kept, total } = withoutOutliers(votes);
  const taken = new Array<number>(CATEGORIES).fill(0);
  let sum = 0;
  let categories = 0;
  let ended = false;
  while (!ended && categories < 3 && sum < 0.75 * total) {
    const top = Math.max(...kept);
    for (let i = 0; i < CATEGORIES && !ended; i++) {
      if (kept[i] !== top) continue;
      kept[i] = 0;
      ended = i >= EMOTIONS;
      if (ended && sum > 0) continue;
      taken[i] = top;
      sum += top;
      categories++;
    }
  }
  return sum <= total / 2 || categories > 3 ? undefined : normalized(taken);
}

/**
 * The "multi-target" scheme: every category with at least 30 % of the remaining votes is right.
 * @param votes [10]
 * @returns [8] vote shares of those categories, sum 1; undefined when they hold at most half of the votes, or
 *   the top is unknown or NF
 */
export function multiTarget(votes: ArrayLike<number>): Float32Array | undefined {
  const { kept, total } = withoutOutliers(votes);
  const taken = kept.map((v) => (v >= 0.3 * total ? v : 0));
  return taken.reduce((sum, v) => sum + v, 0) <= total / 2 ? undefined : normalized(taken);
}

/**
 * A target for an image about which annotators disagree, where `distributionTarget` leaves it out: the share of each
 * emotion among the remaining votes, times the greatest of these shares, so that the less they agree the less the image
 * counts.
 * @param votes [10]   @returns [8] over `EXPRESSIONS_8`, sum at most 1; all 0 where no emotion has two votes
 */
export function dividedTarget(votes: ArrayLike<number>): Float32Array {
  const { kept, total } = withoutOutliers(votes);
  const shares = Float32Array.from({ length: EMOTIONS }, (_, k) => (total === 0 ? 0 : kept[k]! / total));
  const agreement = Math.max(...shares);
  return shares.map((share) => share * agreement);
}

/**
 * The emotion with the most votes, single ones among them: the plural vote. The first of equal emotions counts.
 * @param votes [10]   @param emotions how many of `EXPRESSIONS_8` are classes, from the first: 7 leave out contempt
 * @returns index into `EXPRESSIONS_8`; −1 where no vote is for one of them, or most votes of all are for `NF`: that it
 *   is not a face
 */
export function pluralityLabel(votes: ArrayLike<number>, emotions: number): number {
  const all = Array.from(votes);
  const own = all.slice(0, emotions);
  const most = Math.max(...own);
  return most === 0 || all.indexOf(Math.max(...all)) === CATEGORIES - 1 ? -1 : own.indexOf(most);
}

/**
 * Why an image has no majority emotion: most of the remaining votes are for `unknown` or `NF`, or there is no majority.
 */
export const UNCLEAR = ['unknown by most votes', 'not a face by most votes', 'without a majority'] as const;

/** @param votes [10]   @returns undefined where an emotion has the majority */
export function unclearReason(votes: ArrayLike<number>): (typeof UNCLEAR)[number] | undefined {
  if (majorityLabel(votes) >= 0) return undefined;
  const { kept, total } = withoutOutliers(votes);
  if (kept[EMOTIONS]! > total / 2) return UNCLEAR[0];
  return kept[CATEGORIES - 1]! > total / 2 ? UNCLEAR[1] : UNCLEAR[2];
}

/** Whether more than half of the remaining votes say that this is not a face. @param votes [10] */
export function isNoFace(votes: ArrayLike<number>): boolean {
  const { kept, total } = withoutOutliers(votes);
  return kept[CATEGORIES - 1]! > total / 2;
}

/** Shares over the 8 emotions; undefined when the first largest category is not one of them. */
function normalized(taken: readonly number[]): Float32Array | undefined {
  if (taken.indexOf(Math.max(...taken)) >= EMOTIONS) return undefined;
  const emotions = taken.slice(0, EMOTIONS);
  const sum = emotions.reduce((a, b) => a + b, 0);
  return Float32Array.from(emotions, (v) => v / sum);
}
