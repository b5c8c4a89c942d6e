/**
 * Estimates of action units from the mesh of a face: how much each unit of the drawn rig would have to act for the points
 * to lie where they do. What does not move points (a faint wrinkle, tension) is not seen: they are estimates of the mesh,
 * and no detector of action units that has learned from coded faces.
 */
import type { Point3 } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { ESTIMATED_UNITS, type ActionUnitBasis, type EstimatedUnit, unposed } from './basis.ts';
import { nonNegativeLeastSquares } from './least-squares.ts';

/** 0 … 1, FACS's E. */
export type ActionUnitEstimates = Readonly<Record<EstimatedUnit, number>>;

export interface ActionUnitOptions {
  /** Mesh of the same person's face at rest: their own shape is then known, and not guessed. */
  readonly neutral?: readonly Point3[];
}

/**
 * @param mesh at least 468 points, px, as `findFaces` gives them
 * @throws {MienError} when the mesh has fewer points
 * @throws {ShapeError} when the points lie in one place or on a line
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { estimateActionUnits, findFaces, loadActionUnitBasis } from 'mienjs/face';
 * import { npmFaceNetworks } from 'mienjs/face/node';
 *
 * const [detector, mesher, canonicalFace, basis] = await Promise.all([
 *   npmFaceNetworks.detector(),
 *   npmFaceNetworks.mesher(),
 *   npmFaceNetworks.canonicalFace(),
 *   loadActionUnitBasis(),
 * ]);
 * for (const { mesh } of await findFaces(await decodeImage('photo.jpg'), detector, mesher))
 *   console.log(estimateActionUnits(mesh.points, canonicalFace, basis)[12]);
 * ```
 */
export function estimateActionUnits(
  mesh: readonly Point3[],
  canonical: CanonicalFace,
  basis: ActionUnitBasis,
  { neutral }: ActionUnitOptions = {},
): ActionUnitEstimates {
  const points = unposed(mesh, canonical);
  const rest = neutral ? unposed(neutral, canonical) : basis.rest;
  const { P, G } = neutral ? basis.paired : basis.single;
  const weights = nonNegativeLeastSquares(
    G,
    P.map((row) => row.reduce((sum, p, i) => sum + p * (points[i]! - rest[i]!), 0)),
  );
  return Object.fromEntries(
    ESTIMATED_UNITS.map((unit, u) => [unit, Math.min(1, basis.scale[u]! * weights[u]!)]),
  ) as unknown as ActionUnitEstimates;
}
