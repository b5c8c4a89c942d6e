/**
 * The outputs of a network and what each learns. Shape legend: N samples, K classes, L names, P people.
 */
import { LABEL } from '../data/index.ts';

interface HeadFields {
  /** Name of the network's output. */
  readonly output: string;
  /** The name of the target among the data's; `label` are their own labels. */
  readonly target: string;
  /** The dataset whose targets these are. */
  readonly trainedOn: string;
}

/** Tells classes apart: the output gives logits [N,K]. */
export interface ClassesHead extends HeadFields {
  readonly kind?: 'classes';
  readonly classes: readonly string[];
  /**
   * `distribution` (default): where the data have label distributions, they are the target; `label`: the label alone.
   */
  readonly learn?: 'distribution' | 'label';
}

/**
 * Says of each of several labels whether it is there (`multilabel`: the output gives logits [N,L], action units), or
 * gives numbers (`regression`, [N,L]: valence and arousal, intensities).
 */
export interface ValuesHead extends HeadFields {
  readonly kind: 'multilabel' | 'regression';
  /** [L] Columns of the target, in the output's order. */
  readonly names: readonly string[];
}

/**
 * Tells the people of the training split apart, [N,P], for losses that need it. It is for training alone: a model file
 * does not name the people that it learned from.
 */
export interface IdentityHead {
  readonly kind: 'identity';
  readonly output: string;
  /** [P] (see `peopleOf`) */
  readonly people: readonly string[];
}

export type Head = ClassesHead | ValuesHead | IdentityHead;

export const isClassesHead = (head: Head): head is ClassesHead => head.kind === undefined || head.kind === 'classes';
export const isValuesHead = (head: Head): head is ValuesHead =>
  head.kind === 'multilabel' || head.kind === 'regression';

/** The heads that tell classes apart, in the recipe's order. */
export const classesHeads = ({ heads }: { readonly heads: readonly Head[] }): ClassesHead[] =>
  heads.filter(isClassesHead);
/** The heads of several labels or numbers, in the recipe's order. */
export const valuesHeads = ({ heads }: { readonly heads: readonly Head[] }): ValuesHead[] => heads.filter(isValuesHead);

/** Numbers that the output gives for a sample. */
export const widthOf = (head: Head): number =>
  head.kind === 'identity' ? head.people.length : isValuesHead(head) ? head.names.length : head.classes.length;

/** A head for the data's own labels. */
export const labelHead = (output: string, classes: readonly string[], trainedOn: string): ClassesHead => ({
  output,
  classes,
  target: LABEL,
  trainedOn,
});
