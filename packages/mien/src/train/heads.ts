/**
 * The outputs of a network and what each learns. Shape legend: N samples, K classes, L names, P people, S side of a map.
 */
import { LABEL, MESH } from '../data/index.ts';
import { sizeOf } from '../tensor/index.ts';

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

/**
 * Tells where each place of the face lies: the output is a position map [N,3,S,S] (see `MeshMap`), and the target the
 * vertices of the face mesh.
 */
export interface MeshHead extends HeadFields {
  readonly kind: 'mesh';
  /** S */
  readonly side: number;
}

export type Head = ClassesHead | ValuesHead | IdentityHead | MeshHead;

export const isClassesHead = (head: Head): head is ClassesHead => head.kind === undefined || head.kind === 'classes';
export const isValuesHead = (head: Head): head is ValuesHead =>
  head.kind === 'multilabel' || head.kind === 'regression';
export const isMeshHead = (head: Head): head is MeshHead => head.kind === 'mesh';

/** The heads that tell classes apart, in the recipe's order. */
export const classesHeads = ({ heads }: { readonly heads: readonly Head[] }): ClassesHead[] =>
  heads.filter(isClassesHead);
/** The heads of several labels or numbers, in the recipe's order. */
export const valuesHeads = ({ heads }: { readonly heads: readonly Head[] }): ValuesHead[] => heads.filter(isValuesHead);

/** What the output gives for a sample: its shape without the batch. */
export function outputDims(head: Head): readonly number[] {
  if (head.kind === 'identity') return [head.people.length];
  if (isMeshHead(head)) return [3, head.side, head.side];
  return [isValuesHead(head) ? head.names.length : head.classes.length];
}

/** Numbers that the output gives for a sample. */
export const widthOf = (head: Head): number => sizeOf(outputDims(head));

/** A head for the surfaces that the data have. @param side of its map */
export const meshHead = (output: string, side: number, trainedOn: string): MeshHead => ({
  kind: 'mesh',
  output,
  side,
  target: MESH,
  trainedOn,
});

/** A head for the data's own labels. */
export const labelHead = (output: string, classes: readonly string[], trainedOn: string): ClassesHead => ({
  output,
  classes,
  target: LABEL,
  trainedOn,
});
