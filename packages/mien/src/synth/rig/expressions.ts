/**
 * Expressions as combinations of action units.
 * Sources: the prototypes of Ekman, Friesen & Hager 2002 (Facial Action Coding System, investigator's guide) for the
 * basic expressions; Du, Tao & Martinez 2014 (PNAS 111(15), table 1) for the compound ones. Each has several forms, as
 * people show it in several ways; the first is the most typical. The intensities are ours.
 */
import { MienError } from '../../errors.ts';
import { COMPOUND_EXPRESSIONS, EXPRESSIONS_8, type CompoundExpression, type Expression } from '../../labels/index.ts';
import { type ActionUnit, sidesOf, type UnitIntensities } from './action-units.ts';

export type AnyExpression = Expression | CompoundExpression;

/** Every expression that the rig shows: the eight, then the compound ones. */
export const SYNTH_EXPRESSIONS: readonly AnyExpression[] = [
  ...EXPRESSIONS_8,
  ...(Object.keys(COMPOUND_EXPRESSIONS) as CompoundExpression[]),
];

const oneSided = (right: number, left: number): { readonly left: number; readonly right: number } => ({ left, right });

const FORMS: Readonly<Record<AnyExpression, readonly UnitIntensities[]>> = {
  neutral: [{}],
  happiness: [
    { 6: 0.8, 12: 0.95, 25: 0.75 },
    { 6: 0.7, 12: 0.8 },
    { 6: 0.9, 12: 1, 25: 0.9, 26: 0.55 },
  ],
  surprise: [
    { 1: 0.95, 2: 0.95, 5: 0.85, 27: 0.7, 25: 0.4 },
    { 1: 1, 2: 1, 5: 1, 27: 1, 25: 0.5 },
    { 1: 0.85, 2: 0.85, 5: 0.6, 26: 0.6, 25: 0.5, 18: 0.25 },
  ],
  sadness: [
    { 1: 0.95, 4: 0.55, 15: 0.9, 17: 0.6, 43: 0.18 },
    { 1: 0.8, 4: 0.7, 15: 0.75, 11: 0.4, 17: 0.35, 7: 0.2 },
    { 1: 1, 4: 0.4, 15: 1, 17: 0.8, 43: 0.3 },
  ],
  anger: [
    { 4: 1, 5: 0.5, 7: 0.65, 23: 0.6, 24: 0.65, 17: 0.35 },
    { 4: 1, 5: 0.45, 7: 0.6, 10: 0.65, 23: 0.35, 25: 0.85, 26: 0.35 },
    { 4: 0.9, 7: 0.8, 17: 0.5, 24: 0.85 },
  ],
  disgust: [
    { 9: 0.95, 10: oneSided(0.95, 0.45), 17: 0.8, 15: 0.5, 6: 0.45, 43: 0.15 },
    { 9: 0.8, 10: oneSided(0.9, 0.7), 25: 0.7, 26: 0.4, 6: 0.4, 43: 0.2 },
    { 9: 1, 10: oneSided(0.4, 0.8), 17: 0.9, 15: 0.6, 7: 0.4, 43: 0.2 },
  ],
  fear: [
    { 1: 1, 2: 0.5, 4: 0.55, 5: 0.95, 20: 0.9, 25: 0.75, 26: 0.3 },
    { 1: 0.9, 2: 0.45, 4: 0.6, 5: 0.9, 20: 0.8, 25: 0.55 },
    { 1: 1, 2: 0.55, 4: 0.5, 5: 1, 20: 0.75, 25: 0.7, 26: 0.6 },
  ],
  contempt: [
    { 12: oneSided(0.65, 0.0), 14: oneSided(0.85, 0), 7: 0.15, 43: 0.12 },
    { 12: oneSided(0, 0.6), 14: oneSided(0, 0.9), 2: oneSided(0, 0.35), 43: 0.15 },
  ],
  'happily surprised': [
    { 1: 0.85, 2: 0.85, 5: 0.5, 12: 0.85, 25: 0.7, 26: 0.6 },
    { 1: 0.8, 2: 0.8, 12: 0.9, 25: 0.8, 6: 0.25, 26: 0.45 },
  ],
  'happily disgusted': [
    { 10: 0.8, 12: 0.8, 25: 0.6, 4: 0.35, 6: 0.5, 9: 0.5 },
    { 10: 0.7, 12: 0.75, 25: 0.5, 6: 0.6 },
  ],
  'sadly fearful': [
    { 1: 1, 4: 0.75, 20: 0.7, 25: 0.5, 15: 0.45, 5: 0.3 },
    { 1: 0.95, 4: 0.7, 20: 0.65, 25: 0.45, 2: 0.3, 15: 0.4 },
  ],
  'sadly angry': [
    { 4: 0.9, 15: 0.85, 17: 0.6, 7: 0.4, 1: 0.25 },
    { 4: 0.95, 15: 0.8, 11: 0.5, 17: 0.5 },
  ],
  'sadly surprised': [
    { 1: 1, 4: 0.5, 25: 0.6, 26: 0.65, 2: 0.3, 15: 0.35 },
    { 1: 0.95, 4: 0.6, 25: 0.5, 26: 0.55, 15: 0.4, 5: 0.3 },
  ],
  'sadly disgusted': [
    { 4: 0.7, 10: 0.75, 1: 0.45, 15: 0.6, 17: 0.5, 9: 0.3 },
    { 4: 0.75, 10: 0.7, 15: 0.65, 6: 0.3, 11: 0.4 },
  ],
  'fearfully angry': [
    { 4: 0.95, 20: 0.8, 25: 0.7, 5: 0.7, 10: 0.3 },
    { 4: 0.9, 20: 0.75, 25: 0.6, 5: 0.6, 7: 0.3 },
  ],
  'fearfully surprised': [
    { 1: 1, 2: 0.75, 5: 1, 20: 0.65, 25: 0.7, 26: 0.6, 4: 0.3 },
    { 1: 0.95, 2: 0.8, 5: 0.95, 20: 0.6, 25: 0.6, 26: 0.45 },
  ],
  'fearfully disgusted': [
    { 1: 0.8, 4: 0.6, 10: 0.7, 20: 0.65, 25: 0.6, 5: 0.45, 9: 0.3 },
    { 1: 0.75, 4: 0.6, 10: 0.7, 20: 0.6, 25: 0.5, 6: 0.2 },
  ],
  'angrily surprised': [
    { 4: 0.85, 25: 0.7, 26: 0.75, 5: 0.75, 2: 0.2 },
    { 4: 0.8, 25: 0.6, 26: 0.65, 5: 0.6, 10: 0.3 },
  ],
  'angrily disgusted': [
    { 4: 0.95, 10: 0.75, 17: 0.6, 9: 0.5, 7: 0.5, 24: 0.2 },
    { 4: 0.9, 10: 0.7, 17: 0.6, 7: 0.55 },
  ],
  'disgustedly surprised': [
    { 1: 0.8, 2: 0.8, 5: 0.7, 10: 0.8, 25: 0.45, 9: 0.25 },
    { 1: 0.75, 2: 0.75, 5: 0.6, 10: 0.75, 17: 0.45 },
  ],
};

/** How many forms of an expression there are. */
export const formsOf = (expression: AnyExpression): number => FORMS[expression].length;

/**
 * The action units of an expression.
 * @param intensity 1: as strong as its form is; less: weaker in all units   @param form from 0, the most typical first
 * @throws {MienError} when the expression or the form is not known, or the intensity is not 0 … 1
 * @example
 * ```ts
 * import { unitsOfExpression } from 'mienjs/synth';
 *
 * unitsOfExpression('happiness', 0.5, 1); // → { 6: 0.35, 12: 0.4 }
 * ```
 */
export function unitsOfExpression(expression: AnyExpression, intensity = 1, form = 0): UnitIntensities {
  const forms = Object.hasOwn(FORMS, expression) ? FORMS[expression] : undefined;
  if (!forms) throw new MienError(`expression: expected one of ${SYNTH_EXPRESSIONS.join(', ')}, got "${expression}"`);
  const units = forms[form];
  if (!units) throw new MienError(`form: ${expression} has forms 0 to ${forms.length - 1}, got ${form}`);
  if (!(intensity >= 0 && intensity <= 1)) throw new MienError(`intensity: expected 0 … 1, got ${intensity}`);
  return Object.fromEntries(
    (Object.entries(units) as [string, UnitIntensities[ActionUnit]][]).map(([unit, value]) => {
      const { left, right } = sidesOf(value);
      const [l, r] = [round(left * intensity), round(right * intensity)];
      return [unit, l === r ? l : { left: l, right: r }];
    }),
  );
}

/** Without the noise of binary fractions, which people would see in tables. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4;
