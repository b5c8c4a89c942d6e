/** The least squares of a basis, from what units do and what else moves the points. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { MienError } from '../errors.ts';
import type { UnitModel } from './rig-basis.ts';

/** Of the mean variance, added to all: with fewer faces than numbers a covariance has directions of variance 0. */
const SHRINKAGE = 0.05;

/** Mean square of a unit's intensity: so much do persons' own ways of moving count. */
const SHOWN = 0.1;

export interface UnitNoise {
  /** [n][D] of faces at rest. */
  readonly rest: readonly (readonly number[])[];
  /** How much of the rest's variance is left, 0 … 1: less where the person at rest is known. Default 1. */
  readonly share?: number;
  /** [N][U][D]: what each unit at 1 does to each of N persons, where it was seen. */
  readonly moves: readonly (readonly (readonly number[] | undefined)[])[];
}

/**
 * P = DᵀΣ⁻¹ and G = PD. The moves D are the means of persons; Σ is the covariance of faces at rest, shrunk towards a multiple
 * of the identity, and that of the persons' moves about their means.
 * @throws {MienError} when there are fewer than two faces at rest
 */
export function unitModel({ rest: noise, share = 1, moves }: UnitNoise): UnitModel {
  if (noise.length < 2) throw new MienError(`unit model: expected noise of at least two faces, got ${noise.length}`);
  const rows = new Matrix(noise.map((row) => [...row]));
  rows.subRowVector(rows.mean('column'));
  const covariance = rows
    .transpose()
    .mmul(rows)
    .mul(share / noise.length);
  const mean = covariance.trace() / covariance.rows;
  for (let i = 0; i < covariance.rows; i++) covariance.set(i, i, covariance.get(i, i) + SHRINKAGE * mean);
  const means = moves[0]!.map((_, u) => meanOf(moves.flatMap((person) => (person[u] ? [person[u]] : []))));
  const apart = moves.flatMap((person) =>
    person.flatMap((move, u) => (move ? [move.map((value, i) => value - means[u]![i]!)] : [])),
  );
  const own = new Matrix(apart);
  covariance.add(
    own
      .transpose()
      .mmul(own)
      .mul(SHOWN / moves.length),
  );
  const D = new Matrix(means);
  const P = new CholeskyDecomposition(symmetric(covariance)).solve(D.transpose()).transpose();
  return { P: P.to2DArray(), G: symmetric(P.mmul(D.transpose())).to2DArray() };
}

const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);

/** Without the last bits in which the sides of a symmetric product differ. */
const symmetric = (A: Matrix): Matrix => Matrix.add(A, A.transpose()).div(2);
