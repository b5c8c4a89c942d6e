/**
 * Estimates of action units from the mesh of a face: the weights with which the rig's units explain the mesh, calibrated
 * on drawn persons of whom each unit's intensity is known. Geometry alone speaks here; what furrows, cheeks and lids show
 * is not seen, and of the units that only they show there is no estimate.
 */
import type { CanonicalFace } from '../face/index.ts';
import type { Point3 } from '../image/index.ts';
import { type ActionUnit, sidesOf, type UnitIntensities } from '../synth/index.ts';
import { LIBRARY_CALIBRATION } from './action-unit-calibration.ts';
import { ExpressionFitter } from './expression-fitter.ts';
import { FITTED_UNITS } from './rig-basis.ts';
import type { UnitCalibration } from './unit-calibration.ts';

/** FACS's intensities, A to E, as 1 to 5. */
const MOST = 5;

export interface UnitEstimate {
  /** 43 stands for closed eyes, of blinks (45) too: a picture does not tell them apart. */
  readonly unit: ActionUnit;
  /** 0 … 5, of the mean of both sides. */
  readonly intensity: number;
  readonly present: boolean;
}

/** Units of which there are estimates, in the order of their numbers. */
export const ESTIMATED_UNITS: readonly ActionUnit[] = LIBRARY_CALIBRATION.map(({ unit }) => unit);

/** Units that the mesh does not show well enough: `npm run study:action-units` measures all. */
export const UNITS_WITHOUT_ESTIMATE: readonly ActionUnit[] = FITTED_UNITS.filter(
  (unit) => !ESTIMATED_UNITS.includes(unit),
);

/**
 * The weights of `FITTED_UNITS` that explain the mesh, [U] within 0 … 1: what is calibrated.
 * @param mesh at least 468 points, px, of the plain mesh; further points are passed over
 */
export function unitWeights(fitter: ExpressionFitter, mesh: readonly Point3[]): number[] {
  // Without irises, so that the mouth and the lids are fitted as the other units are
  const { units } = fitter.fit(mesh.slice(0, 468), { exaggeration: 1 });
  return FITTED_UNITS.map((unit) => bothSides(units, unit));
}

const bothSides = (units: UnitIntensities, unit: ActionUnit): number => {
  const { left, right } = sidesOf(units[unit]);
  return (left + right) / 2;
};

/**
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 * import { ActionUnitEstimator } from 'mienjs/animate';
 * import { npmFaceNetworks } from 'mienjs/face/node';
 *
 * const recognizer = await createRecognizer();
 * const estimator = await ActionUnitEstimator.create(await npmFaceNetworks.canonicalFace());
 * for (const { mesh } of await recognizer.findFaces(await decodeImage('photo.jpg')))
 *   for (const { unit, intensity, present } of estimator.estimate(mesh.points)) console.log(`AU${unit}`, intensity, present);
 * ```
 */
export class ActionUnitEstimator {
  readonly #fitter: ExpressionFitter;
  readonly #calibration: readonly UnitCalibration[];

  /** @param calibration of weights that this fitter gives. Default: that of the library */
  constructor(fitter: ExpressionFitter, calibration: readonly UnitCalibration[] = LIBRARY_CALIBRATION) {
    this.#fitter = fitter;
    this.#calibration = calibration;
  }

  /** With the basis that comes with the library. */
  static async create(canonical: CanonicalFace): Promise<ActionUnitEstimator> {
    return new ActionUnitEstimator(await ExpressionFitter.create(canonical));
  }

  /**
   * @param mesh at least 468 points, px, of the plain mesh
   * @returns one of each calibrated unit
   * @throws {MienError} when the mesh has fewer points
   * @throws {ShapeError} when the points lie in one place or on a line
   */
  estimate(mesh: readonly Point3[]): UnitEstimate[] {
    return estimatesOf(unitWeights(this.#fitter, mesh), this.#calibration);
  }
}

/** @param weights [U] of `FITTED_UNITS` */
export function estimatesOf(weights: readonly number[], calibration: readonly UnitCalibration[]): UnitEstimate[] {
  return calibration.map(({ unit, rest, slope, present }) => {
    const intensity = Math.min(MOST, slope * Math.max(0, weights[FITTED_UNITS.indexOf(unit)]! - rest));
    return { unit, intensity, present: intensity >= present };
  });
}
