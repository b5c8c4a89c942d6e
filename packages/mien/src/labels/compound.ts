/** The twelve compound expressions: pairs of basic expressions with a name of their own. */
import type { Expression } from './expressions.ts';

/**
 * Source: the 11 classes of Li & Deng 2019, table VIII, and fearfully disgusted, which its experiments left out for its
 * few images; the names are those of Du, Tao & Martinez 2014 (PNAS 111(15)). Happiness with sadness, anger or fear has
 * no name.
 */
export const COMPOUND_EXPRESSIONS = {
  'happily surprised': ['happiness', 'surprise'],
  'happily disgusted': ['happiness', 'disgust'],
  'sadly fearful': ['sadness', 'fear'],
  'sadly angry': ['sadness', 'anger'],
  'sadly surprised': ['sadness', 'surprise'],
  'sadly disgusted': ['sadness', 'disgust'],
  'fearfully angry': ['fear', 'anger'],
  'fearfully surprised': ['fear', 'surprise'],
  'fearfully disgusted': ['fear', 'disgust'],
  'angrily surprised': ['anger', 'surprise'],
  'angrily disgusted': ['anger', 'disgust'],
  'disgustedly surprised': ['disgust', 'surprise'],
} as const satisfies Readonly<Record<string, readonly [Expression, Expression]>>;

export type CompoundExpression = keyof typeof COMPOUND_EXPRESSIONS;

/** The compound of two expressions, in whatever order; undefined when the pair has no name. */
export function compoundOf(a: Expression, b: Expression): CompoundExpression | undefined {
  const names = Object.keys(COMPOUND_EXPRESSIONS) as CompoundExpression[];
  return names.find((name) => {
    const pair: readonly Expression[] = COMPOUND_EXPRESSIONS[name];
    return a !== b && pair.includes(a) && pair.includes(b);
  });
}
