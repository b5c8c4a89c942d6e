/** What an AffectNet annotation says, in the terms of a record. */
import { AFFECTNET_CODES, AFFECTNET_NON_EXPRESSIONS } from '../../labels/index.ts';
import type { Point2 } from '../../image/index.ts';
import type { FaceRecord } from './database.ts';

export const AFFECTNET_POINTS = 68;
const NOT_APPLICABLE = -2;

/** @returns the parts of a record, or one line that says what is wrong */
export function affectNetLabels(
  expression: number,
  valence: number,
  arousal: number,
): Pick<FaceRecord, 'label' | 'attributes' | 'valence' | 'arousal'> | string {
  const label = AFFECTNET_CODES[expression];
  const other = AFFECTNET_NON_EXPRESSIONS[expression - AFFECTNET_CODES.length];
  if (label === undefined && other === undefined)
    return `expression is ${expression}, expected a code 0 … ${AFFECTNET_CODES.length + AFFECTNET_NON_EXPRESSIONS.length - 1}`;
  for (const [name, value] of Object.entries({ valence, arousal })) {
    if (value !== NOT_APPLICABLE && !(value >= -1 && value <= 1))
      return `${name} is ${value}, expected −1 … 1, or −2 for none`;
  }
  return {
    ...(label === undefined ? { attributes: { expression: other! } } : { label }),
    ...(valence === NOT_APPLICABLE ? {} : { valence }),
    ...(arousal === NOT_APPLICABLE ? {} : { arousal }),
  };
}

/** x and y in turn. @returns undefined when it is not 68 points */
export function affectNetPoints(values: readonly number[]): Point2[] | undefined {
  if (values.length !== 2 * AFFECTNET_POINTS || !values.every(Number.isFinite)) return undefined;
  return Array.from({ length: AFFECTNET_POINTS }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}
