/**
 * EmotioNet's 23 expressions by the action units that define them.
 * Source: Benitez-Quiroz, Srinivasan & Martinez 2016, "EmotioNet", table 1.
 */
import type { CompoundExpression, Expression } from '../../labels/index.ts';

/** Compounds and mixtures that Li & Deng's (2019) twelve do not have. */
type FurtherCategory = 'happily sad' | 'happily fearful' | 'awed' | 'appalled' | 'hatred';
export type EmotioNetCategory = Exclude<Expression, 'neutral' | 'contempt'> | CompoundExpression | FurtherCategory;

export const EMOTIONET_UNITS: Readonly<Record<EmotioNetCategory, readonly number[]>> = {
  happiness: [12, 25],
  surprise: [1, 2, 25, 26],
  sadness: [4, 15],
  anger: [4, 7, 24],
  disgust: [9, 10, 17],
  fear: [1, 4, 20, 25],
  'happily sad': [4, 6, 12, 25],
  'happily surprised': [1, 2, 12, 25],
  'happily disgusted': [10, 12, 25],
  'happily fearful': [1, 2, 12, 25, 26],
  'sadly fearful': [1, 4, 15, 25],
  'sadly angry': [4, 7, 15],
  'sadly surprised': [1, 4, 25, 26],
  'sadly disgusted': [4, 10],
  'fearfully angry': [4, 20, 25],
  'fearfully surprised': [1, 2, 5, 20, 25],
  'fearfully disgusted': [1, 4, 10, 20, 25],
  'angrily surprised': [4, 25, 26],
  'angrily disgusted': [4, 10, 17],
  'disgustedly surprised': [1, 2, 5, 10],
  awed: [1, 2, 5, 25],
  appalled: [4, 9, 10],
  hatred: [4, 7, 10],
};

/**
 * The expressions all of whose units are active, those with the most units first, equals in the order of the table.
 * Further active units do not matter, so that several may hold.
 */
export function expressionsOfUnits(active: Iterable<number>): EmotioNetCategory[] {
  const units = new Set(active);
  const names = Object.keys(EMOTIONET_UNITS) as EmotioNetCategory[];
  return names
    .filter((name) => EMOTIONET_UNITS[name].every((unit) => units.has(unit)))
    .sort((a, b) => EMOTIONET_UNITS[b].length - EMOTIONET_UNITS[a].length);
}
