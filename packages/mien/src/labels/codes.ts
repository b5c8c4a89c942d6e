/** What labels that are numbers mean, in the databases that number them. */
import { AFFECTNET_CODES, RAF_DB_CODES } from './wild-codes.ts';
import { asExpression, EXPRESSIONS_8, type Expression, FER2013_CODES, parseExpression } from './expressions.ts';
import { MienError } from '../errors.ts';

/** What a label written as a number (or otherwise) means. */
export type LabelCodes = Readonly<Record<string, Expression>>;

const numbered = (names: readonly Expression[], first: number): LabelCodes =>
  Object.fromEntries(names.map((name, i) => [i + first, name]));

/** Codes of published sets, by name; RAF-DB's are those of Li & Deng 2019, section III-A.5. */
export const LABEL_CODES: Readonly<Record<string, LabelCodes>> = {
  'raf-db': numbered(RAF_DB_CODES, 1),
  fer2013: numbered(FER2013_CODES, 0),
  affectnet: numbered(AFFECTNET_CODES, 0),
  ferplus: numbered(EXPRESSIONS_8, 0),
};

/**
 * @param text a name in `LABEL_CODES`, or `LABEL=EXPRESSION,…` such as `1=surprise,2=fear`
 * @throws {MienError} when it is neither, or a label is given twice
 * @example
 * ```ts
 * import { expressionOfLabel, parseLabelCodes } from 'mienjs/labels';
 *
 * const codes = parseLabelCodes('1=surprise, 2=fear');
 * expressionOfLabel('2', codes); // → 'fear'
 * expressionOfLabel('1', parseLabelCodes('raf-db')); // → 'surprise'
 * ```
 */
export function parseLabelCodes(text: string): LabelCodes {
  return Object.fromEntries(
    Object.entries(parseClassNames(text)).map(([label, name]) => [label, parseExpression(name)]),
  );
}

/** As `parseLabelCodes`, of classes of any name. @throws {MienError} as it */
export function parseClassNames(text: string): Readonly<Record<string, string>> {
  if (Object.hasOwn(LABEL_CODES, text)) return LABEL_CODES[text]!;
  const names: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [label, name, ...more] = part.split('=').map((side) => side.trim());
    if (!label || !name || more.length > 0)
      throw new MienError(
        `label codes: expected ${Object.keys(LABEL_CODES).join(', ')} or LABEL=EXPRESSION,…, got "${text}"`,
      );
    if (Object.hasOwn(names, label)) throw new MienError(`label codes: "${label}" is given twice`);
    names[label] = name;
  }
  return names;
}

/** What a label means, by the codes or else by its name; undefined when it is neither. */
export function expressionOfLabel(label: string, codes: LabelCodes = {}): Expression | undefined {
  return Object.hasOwn(codes, label) ? codes[label] : asExpression(label);
}
