/** What action units do to the points of the mesh, as data: made by `npm run study:action-units` from drawn faces. */
import { MienError } from '../../errors.ts';
import type { Point3 } from '../../image/index.ts';
import { procrustes, type Matrix3 } from '../../geometry/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { LANDMARK_VERTICES } from '../landmarks.ts';

/** Of the units that move the mesh; 45 is closed eyes, open for the moment of the photo or not. */
export const ESTIMATED_UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 18, 20, 23, 25, 26, 27, 45] as const;
export type EstimatedUnit = (typeof ESTIMATED_UNITS)[number];

/** Beside the landmarks: forehead and root of the nose, wings of the nose, cheeks. */
const FURTHER = [
  8, 9, 151, 55, 285, 48, 278, 64, 294, 49, 279, 50, 280, 101, 330, 118, 347, 205, 425, 203, 423, 187, 411,
];

/** Vertices of the mesh that are looked at, V of them. */
export const ACTION_UNIT_VERTICES: readonly number[] = [...new Set([...LANDMARK_VERTICES.flat(), ...FURTHER])].sort(
  (a, b) => a - b,
);

/**
 * x = rest + Σ wᵤ moveᵤ + noise, noise of covariance Σ (identity, and what the mesh gets wrong): the weights of greatest
 * likelihood are the least squares with G = DᵀΣ⁻¹D and P = DᵀΣ⁻¹, where D has the moves as columns. Identity is thus
 * fitted jointly, in closed form.
 */
export interface UnitModel {
  /** [U][3V] */
  readonly P: readonly (readonly number[])[];
  /** [U][U] */
  readonly G: readonly (readonly number[])[];
}

export interface ActionUnitBasis {
  /** [3V] of a face without expression, in the canonical face's frame, cm. */
  readonly rest: readonly number[];
  /** Against `rest`: one photo. */
  readonly single: UnitModel;
  /** Against a neutral photo of the same person: Σ is only what the mesh gets wrong. */
  readonly paired: UnitModel;
  /** [U] intensity (0 … 1) of a weight of 1. */
  readonly scale: readonly number[];
}

/**
 * Points of a mesh in the canonical face's frame: turned, scaled and moved so that the parts that expressions hardly
 * move lie on it.
 * @param mesh at least 468 points   @returns [3V] cm
 */
export function unposed(mesh: readonly Point3[], { vertices, weights }: CanonicalFace): number[] {
  if (mesh.length < vertices.length)
    throw new MienError(`action units: expected a mesh of at least ${vertices.length} points, got ${mesh.length}`);
  const { rotation, scale, translation } = procrustes(mesh.slice(0, vertices.length), vertices, {
    weights,
    scale: true,
  });
  return ACTION_UNIT_VERTICES.flatMap((v) => moved(rotation, scale, translation, mesh[v]!));
}

function moved(R: Matrix3, scale: number, t: Point3, [x, y, z]: Point3): Point3 {
  return [
    scale * (R[0] * x + R[1] * y + R[2] * z) + t[0],
    scale * (R[3] * x + R[4] * y + R[5] * z) + t[1],
    scale * (R[6] * x + R[7] * y + R[8] * z) + t[2],
  ];
}
