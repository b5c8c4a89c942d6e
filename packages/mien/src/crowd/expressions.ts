/** Votes whose labels are names or numbers of expressions become votes over the expressions in canonical order. */
import { InputError } from '../errors.ts';
import {
  classIndexByCode,
  EXPRESSIONS_7,
  EXPRESSIONS_8,
  type Expression,
  expressionOfLabel,
  type LabelCodes,
} from '../labels/index.ts';
import type { Votes } from './votes.ts';

export interface ExpressionVotes extends Votes {
  /** The 7 basic expressions, or 8 where contempt is among the codes or votes. */
  readonly classes: readonly Expression[];
}

/**
 * The same votes, each label an expression; different labels of one expression become one class.
 * @param source names the votes in errors
 * @throws {InputError} naming the label that is not an expression
 */
export function nameExpressions(votes: Votes, source: string, codes: LabelCodes = {}): ExpressionVotes {
  const named = votes.classes.map((label): Expression => {
    const expression = expressionOfLabel(label, codes);
    if (expression !== undefined) return expression;
    const hint =
      Object.keys(codes).length > 0
        ? `nor one of the label codes ${Object.keys(codes).join(', ')}`
        : 'say what its labels mean by label codes';
    throw new InputError(source, `label "${label}" is not an expression, ${hint}`);
  });
  const classes = [...named, ...Object.values(codes)].includes('contempt') ? EXPRESSIONS_8 : EXPRESSIONS_7;
  const index = classIndexByCode(named, classes);
  return { ...votes, classes, label: votes.label.map((k) => index[k]!) };
}
