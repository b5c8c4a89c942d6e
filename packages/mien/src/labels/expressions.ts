/**
 * The expression vocabulary and every dataset's code map: the only source of class orders.
 */
import { MienError } from '../errors.ts';

/** Canonical order, 8 classes (that of FER+). */
export const EXPRESSIONS_8 = [
  'neutral',
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
  'contempt',
] as const;
export type Expression = (typeof EXPRESSIONS_8)[number];
/** Canonical order, the 7 basic classes: without contempt. */
export const EXPRESSIONS_7 = [
  'neutral',
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
] as const satisfies readonly Expression[];

/** The 6 basic classes, without neutral. */
export const EXPRESSIONS_6 = [
  'happiness',
  'surprise',
  'sadness',
  'anger',
  'disgust',
  'fear',
] as const satisfies readonly Expression[];
/** CK+'s 7 classes: contempt, and no neutral. */
export const EXPRESSIONS_7_CONTEMPT = [...EXPRESSIONS_6, 'contempt'] as const satisfies readonly Expression[];

/** FER2013's integer codes 0 … 6, by index. */
export const FER2013_CODES = [
  'anger',
  'disgust',
  'fear',
  'happiness',
  'sadness',
  'surprise',
  'neutral',
] as const satisfies readonly Expression[];

/** FER+'s vote columns: the 8 expressions, then what is not an answer; NF = not a face. */
export const FERPLUS_CATEGORIES = [...EXPRESSIONS_8, 'unknown', 'NF'] as const;

/**
 * Where each of a dataset's codes stands in a class order.
 * @param codes the expression of code 0, 1, …
 * @returns by code, the index into `classes`
 * @throws {MienError} when a code's expression is not among the classes
 */
export function classIndexByCode(codes: readonly Expression[], classes: readonly Expression[]): number[] {
  return codes.map((expression) => {
    const index = classes.indexOf(expression);
    if (index < 0)
      throw new MienError(`classIndexByCode: ${expression} is not among the classes ${classes.join(', ')}`);
    return index;
  });
}

/** Also the two letters of KDEF and JAFFE, and slips that stand in names of folders of copies that go round. */
const SYNONYMS: Readonly<Record<string, Expression>> = {
  neutral: 'neutral',
  neutrality: 'neutral',
  ne: 'neutral',
  calm: 'neutral',
  happiness: 'happiness',
  happy: 'happiness',
  joy: 'happiness',
  joyful: 'happiness',
  ha: 'happiness',
  smile: 'happiness',
  surprise: 'surprise',
  surprised: 'surprise',
  suprise: 'surprise',
  suprised: 'surprise',
  surprize: 'surprise',
  su: 'surprise',
  sadness: 'sadness',
  sad: 'sadness',
  sa: 'sadness',
  anger: 'anger',
  angry: 'anger',
  an: 'anger',
  disgust: 'disgust',
  disgusted: 'disgust',
  di: 'disgust',
  fear: 'fear',
  fearful: 'fear',
  afraid: 'fear',
  scared: 'fear',
  fe: 'fear',
  af: 'fear',
  contempt: 'contempt',
  contemptuous: 'contempt',
  co: 'contempt',
};

/**
 * The canonical name for a name used elsewhere (Fear, fearful, angry …), whatever its case.
 * @throws {MienError} when the name is not a known expression
 * @example
 * ```ts
 * import { parseExpression } from 'mienjs/labels';
 *
 * parseExpression('Angry'); // → 'anger'
 * parseExpression('HA'); // → 'happiness'
 * ```
 */
export function parseExpression(name: string): Expression {
  const expression = asExpression(name);
  if (expression !== undefined) return expression;
  throw new MienError(`unknown expression "${name}": expected one of ${EXPRESSIONS_8.join(', ')} or a common synonym`);
}

/** As `parseExpression`; undefined where the name is not a known expression. */
export function asExpression(name: string): Expression | undefined {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key] : undefined;
}

/**
 * The expression that the name of a folder tells: as `asExpression`, with a number before or after it and a word such
 * as faces, `0_angry`, `happy faces`, `Sad-1`; undefined where it tells none.
 */
export function expressionOfFolder(name: string): Expression | undefined {
  const word = name
    .normalize('NFC')
    .replace(/^\d+[\s._-]+|[\s._-]+\d+$/g, '')
    .replace(/[\s._-]+(faces?|images?|expressions?|emotions?)$/i, '');
  return asExpression(name) ?? asExpression(word);
}
