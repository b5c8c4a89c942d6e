/** Votes whose labels are names or numbers of expressions become votes over the expressions in canonical order. */
import { InputError, MienError } from '../errors.ts';
import { classIndexByCode, EXPRESSIONS_7, EXPRESSIONS_8, type Expression, FER2013_CODES, parseExpression, RAF_DB_CODES } from '../labels/index.ts';
import type { Votes } from './votes.ts';

/** What a label written as a number (or otherwise) means. */
export type LabelCodes = Readonly<Record<string, Expression>>;

/** Codes of published sets, by name; RAF-DB's are those of P4, section III-A.5. */
export const LABEL_CODES: Readonly<Record<string, LabelCodes>> = {
  'raf-db': Object.fromEntries(RAF_DB_CODES.map((name, i) => [i + 1, name])),
  fer2013: Object.fromEntries(FER2013_CODES.map((name, code) => [code, name])),
};

/**
 * @param text a name in `LABEL_CODES`, or `LABEL=EXPRESSION,…` such as `1=surprise,2=fear`
 * @throws {MienError} when it is neither, or a label is given twice
 */
export function parseLabelCodes(text: string): LabelCodes {
  if (Object.hasOwn(LABEL_CODES, text)) return LABEL_CODES[text]!;
  const codes: Record<string, Expression> = {};
  for (const part of text.split(',')) {
    const [label, name, ...more] = part.split('=').map((side) => side.trim());
    if (!label || !name || more.length > 0) throw new MienError(`label codes: expected ${Object.keys(LABEL_CODES).join(', ')} or LABEL=EXPRESSION,…, got "${text}"`);
    if (Object.hasOwn(codes, label)) throw new MienError(`label codes: "${label}" is given twice`);
    codes[label] = parseExpression(name);
  }
  return codes;
}

/** What a label means, by the codes or else by its name; undefined when it is neither. */
export function expressionOfLabel(label: string, codes: LabelCodes = {}): Expression | undefined {
  if (Object.hasOwn(codes, label)) return codes[label];
  try {
    return parseExpression(label);
  } catch {
    return undefined;
  }
}

export interface ExpressionVotes extends Votes {
  /** The 7 basic expressions, or 8 where contempt is among the codes or votes. */
  readonly classes: readonly Expression[];
}

/**
 * The same votes, each label an expression; different labels of one expression become one class.
 * @param source names the votes in errors
 * @throws {InputError} naming the label that is no expression
 */
export function nameExpressions(votes: Votes, source: string, codes: LabelCodes = {}): ExpressionVotes {
  const named = votes.classes.map((label): Expression => {
    const expression = expressionOfLabel(label, codes);
    if (expression !== undefined) return expression;
    const hint = Object.keys(codes).length > 0 ? `nor one of the label codes ${Object.keys(codes).join(', ')}` : 'say what its labels mean by label codes';
    throw new InputError(source, `label "${label}" is no expression, ${hint}`);
  });
  const classes = [...named, ...Object.values(codes)].includes('contempt') ? EXPRESSIONS_8 : EXPRESSIONS_7;
  const index = classIndexByCode(named, classes);
  return { ...votes, classes, label: votes.label.map((k) => index[k]!) };
}
