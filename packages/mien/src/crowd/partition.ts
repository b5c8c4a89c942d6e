/**
 * Which images have one expression and which have two: Li & Deng 2019, section III-A.5, with what it leaves open
 * defined.
 *
 * Shape legend: T tasks, K classes.
 */
import { ShapeError } from '../errors.ts';
import { type CompoundExpression, compoundOf, type Expression } from '../labels/index.ts';

/** Where an image belongs: the single-label subset, the two-label subset, or neither, and then why. */
export const SUBSETS = [
  'single',
  'compound',
  'with-neutral',
  'unnamed-pair',
  'three-or-more',
  'tie',
  'no-votes',
] as const;
export type Subset = (typeof SUBSETS)[number];

export interface TaskSubset {
  readonly kind: Subset;
  /** The classes above the mean, in class order. */
  readonly valid: readonly Expression[];
  /** The label of a single-label image. */
  readonly label?: Expression;
  /** The label of a two-label image. */
  readonly compound?: CompoundExpression;
}

/** Relative: g is a sum of weights, so that classes with equal votes differ by rounding. */
const ROUNDING = 1e-9;

/**
 * The mean rule: class k of an image is valid when gₖ > ḡ = Σₖ gₖ/K.
 * - `single`: one valid class, neutral included.
 * - `compound`: two valid classes that have one of the 12 names. Li & Deng 2019 removes images "with neutral labels"
 *   before: here, those where neutral is valid. The mean stays that over all K classes, as only images are removed.
 * - Neither: `with-neutral` (two or more valid classes, one neutral), `three-or-more` (without neutral), `unnamed-pair`
 *   (happiness with sadness, anger or fear, or a pair with contempt), `tie` (all classes equal, so that none is above the
 *   mean), `no-votes` (all weights 0, as when every voter is excluded).
 * A class equal to the mean is not valid. Two classes that tie above it are both valid, so a tie for the first place
 * never makes a single label.
 * @param g [T,K] weighted votes, ≥ 0, of any scale
 * @throws {ShapeError} when g does not fit the classes
 */
export function partition(g: Float64Array, classes: readonly Expression[]): TaskSubset[] {
  const K = classes.length;
  if (K === 0 || g.length % K !== 0)
    throw new ShapeError('partition', `g: expected rows of ${K} values, got ${g.length} values`);
  return Array.from({ length: g.length / K }, (_, j) => partitionRow(g.subarray(j * K, (j + 1) * K), classes));
}

/**
 * The mean rule for classes of any kind: those with gₖ > ḡ.
 * @param g [K] of one image
 */
export function validClasses<C>(g: Float64Array, classes: readonly C[]): C[] {
  const mean = g.reduce((sum, v) => sum + v, 0) / classes.length;
  return classes.filter((_, k) => g[k]! > mean * (1 + ROUNDING));
}

function partitionRow(g: Float64Array, classes: readonly Expression[]): TaskSubset {
  if (g.every((v) => v === 0)) return { kind: 'no-votes', valid: [] };
  const valid = validClasses(g, classes);
  const [first, second] = valid;
  if (first === undefined) return { kind: 'tie', valid };
  if (second === undefined) return { kind: 'single', valid, label: first };
  if (valid.includes('neutral')) return { kind: 'with-neutral', valid };
  if (valid.length > 2) return { kind: 'three-or-more', valid };
  const compound = compoundOf(first, second);
  return compound === undefined ? { kind: 'unnamed-pair', valid } : { kind: 'compound', valid, compound };
}
