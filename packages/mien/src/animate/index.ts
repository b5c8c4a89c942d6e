/**
 * A character that wears the expression of a face: from the mesh of a photo, and the expression recognized there, to the
 * action units, pose and gaze of the rig; and estimates of action units from the mesh. Runs in Node and in browsers.
 * @module
 */
export * from './action-units.ts';
export { LIBRARY_CALIBRATION } from './action-unit-calibration.ts';
export * from './expression-fitter.ts';
export type { Gaze } from './eyes.ts';
export { type HalfPoints, MeshHalves } from './mesh-halves.ts';
export {
  decodeBasis,
  encodeBasis,
  FITTED_UNITS,
  libraryBasis,
  type RigBasis,
  SIDED_UNITS,
  type UnitModel,
} from './rig-basis.ts';
export * from './recognize-with-units.ts';
export * from './smoother.ts';
export type { UnitCalibration } from './unit-calibration.ts';
export { unitModel, type UnitNoise } from './unit-model.ts';
