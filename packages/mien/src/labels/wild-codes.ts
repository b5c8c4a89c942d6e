/** Code maps of the databases from the web. */
import type { CompoundExpression } from './compound.ts';
import type { Expression } from './expressions.ts';

/** RAF-DB's basic classes 1 … 7, from index 0. Source: Li & Deng 2019, section III-A.5. */
export const RAF_DB_CODES = [
  'surprise',
  'fear',
  'disgust',
  'happiness',
  'sadness',
  'anger',
  'neutral',
] as const satisfies readonly Expression[];

/** RAF-DB's compound classes 1 … 11, from index 0. Source: Li & Deng 2019, table VIII. */
export const RAF_DB_COMPOUND_CODES = [
  'happily surprised',
  'happily disgusted',
  'sadly fearful',
  'sadly angry',
  'sadly surprised',
  'sadly disgusted',
  'fearfully angry',
  'fearfully surprised',
  'angrily surprised',
  'angrily disgusted',
  'disgustedly surprised',
] as const satisfies readonly CompoundExpression[];

/** AffectNet's expressions 0 … 7, by index. */
export const AFFECTNET_CODES = [
  'neutral',
  'happiness',
  'sadness',
  'surprise',
  'fear',
  'disgust',
  'anger',
  'contempt',
] as const satisfies readonly Expression[];

/** AffectNet's codes 8, 9 and 10, from index 0: what the annotator chose in place of an expression. */
export const AFFECTNET_NON_EXPRESSIONS = ['none', 'uncertain', 'no-face'] as const;
