/** Made by `npm run study:action-units -- ferplus=FOLDER --write`. */
import type { UnitCalibration } from './unit-calibration.ts';

/** The calibration that comes with the library. */
export const LIBRARY_CALIBRATION: readonly UnitCalibration[] = [
  { unit: 1, rest: 0, slope: 13.05, present: 1.75 },
  { unit: 2, rest: 0, slope: 9.24, present: 1.2 },
  { unit: 4, rest: 0, slope: 14.58, present: 1.65 },
  { unit: 12, rest: 0.09, slope: 8.13, present: 0.5 },
  { unit: 20, rest: 0.07, slope: 17.79, present: 1.05 },
  { unit: 26, rest: 0, slope: 6.21, present: 0.5 },
  { unit: 27, rest: 0.19, slope: 9.56, present: 1 },
  { unit: 43, rest: 0.16, slope: 9.96, present: 0.5 },
];
