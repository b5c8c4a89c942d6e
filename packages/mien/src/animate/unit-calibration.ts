/** How the weight of a unit in a fit becomes its intensity. */
import type { ActionUnit } from '../synth/index.ts';

/** From a unit's weight w to its intensity, slope · (w − rest) within 0 … 5, present from `present` on. */
export interface UnitCalibration {
  readonly unit: ActionUnit;
  /** The weight up to which nothing is shown. */
  readonly rest: number;
  readonly slope: number;
  readonly present: number;
}
