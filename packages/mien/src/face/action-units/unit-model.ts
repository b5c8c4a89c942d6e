/** The least squares of a basis, from what units do and what else moves the points. */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { MienError } from '../../errors.ts';
import type { UnitModel } from './basis.ts';

/** Of the mean variance, added to all: with fewer faces than numbers a covariance has directions of variance 0. */
const SHRINKAGE = 0.1;

/**
 * P = DᵀΣ⁻¹ and G = PD, Σ the covariance of `noise` about its mean, shrunk towards a multiple of the identity.
 * @param moves [U][3V] of each unit at 1   @param noise [n][3V] what differs though no unit acts
 * @throws {MienError} when the noise is of fewer than two faces, or the moves are not independent
 */
export function unitModel(moves: readonly (readonly number[])[], noise: readonly (readonly number[])[]): UnitModel {
  if (noise.length < 2) throw new MienError(`unit model: expected noise of at least two faces, got ${noise.length}`);
  const rows = new Matrix(noise.map((row) => [...row]));
  rows.subRowVector(rows.mean('column'));
  const covariance = rows.transpose().mmul(rows).div(noise.length);
  const mean = covariance.trace() / covariance.rows;
  for (let i = 0; i < covariance.rows; i++) covariance.set(i, i, covariance.get(i, i) + SHRINKAGE * mean);
  const D = new Matrix(moves.map((row) => [...row]));
  const P = new CholeskyDecomposition(symmetric(covariance)).solve(D.transpose()).transpose();
  const G = symmetric(P.mmul(D.transpose()));
  if (!new CholeskyDecomposition(G).isPositiveDefinite())
    throw new MienError('unit model: the moves of the units are not independent');
  return { P: P.to2DArray(), G: G.to2DArray() };
}

/** Without the last bits in which the sides of a symmetric product differ. */
const symmetric = (A: Matrix): Matrix => Matrix.add(A, A.transpose()).div(2);
