/**
 * Affine maps of the image plane: x' = a x + b y + tx, y' = c x + d y + ty, in pixels of the convention of
 * raw-image.ts (the centre of the top-left pixel is (0.5, 0.5)), so that scaling a point scales an image.
 */
import { ShapeError } from '../errors.ts';
import type { Point2 } from './raw-image.ts';

/** The 2×3 matrix [a b tx; c d ty], row-major. */
export type Affine2 = readonly [a: number, b: number, tx: number, c: number, d: number, ty: number];

export const identityAffine: Affine2 = [1, 0, 0, 0, 1, 0];

export function translation(tx: number, ty: number): Affine2 {
  return [1, 0, tx, 0, 1, ty];
}

export function scaling(sx: number, sy: number): Affine2 {
  return [sx, 0, 0, 0, sy, 0];
}

/** Turn about the origin; a positive angle turns x towards y, which is clockwise as displayed. */
export function rotation(angleRad: number): Affine2 {
  const cos = Math.cos(angleRad);
  const sin = Math.sin(angleRad);
  return [cos, -sin, 0, sin, cos, 0];
}

export function applyAffine(map: Affine2, [x, y]: Point2): Point2 {
  const [a, b, tx, c, d, ty] = map;
  return [a * x + b * y + tx, c * x + d * y + ty];
}

/** The map that applies the last argument first: compose(f, g, h)(p) = f(g(h(p))). */
export function compose(...maps: readonly Affine2[]): Affine2 {
  return maps.reduce(
    ([a, b, tx, c, d, ty], [e, f, ux, g, h, uy]): Affine2 => [
      a * e + b * g,
      a * f + b * h,
      a * ux + b * uy + tx,
      c * e + d * g,
      c * f + d * h,
      c * ux + d * uy + ty,
    ],
    identityAffine,
  );
}

/** @throws {ShapeError} when the map is singular (its determinant is 0 or not finite) */
export function invert(map: Affine2): Affine2 {
  const [a, b, tx, c, d, ty] = map;
  const determinant = a * d - b * c;
  if (!Number.isFinite(1 / determinant)) {
    throw new ShapeError('invert', `map: expected an invertible affine map, got determinant ${determinant}`);
  }
  const [e, f, g, h] = [d / determinant, -b / determinant, -c / determinant, a / determinant];
  return [e, f, -(e * tx + f * ty), g, h, -(g * tx + h * ty)];
}

/**
 * Similarity (rotation, uniform scale, translation; no reflection) that maps source to target with the least squares:
 *   min Σᵢ ‖s R xᵢ + t − yᵢ‖²
 * Source: Umeyama 1991, in the plane, where it has a closed form: with centred points,
 *   s cos θ = Σ(x·x' + y·y') / Σ(x² + y²),  s sin θ = Σ(x·y' − y·x') / Σ(x² + y²).
 * @param source at least two points that do not all coincide   @param target as many points
 * @throws {ShapeError} when the counts differ, or the source points coincide
 */
export function similarityFromPoints(source: readonly Point2[], target: readonly Point2[]): Affine2 {
  if (source.length !== target.length || source.length < 2) {
    throw new ShapeError(
      'similarityFromPoints',
      `expected two equally long lists of at least 2 points, got ${source.length} and ${target.length}`,
    );
  }
  const [mx, my] = centroid(source);
  const [nx, ny] = centroid(target);
  let dot = 0;
  let cross = 0;
  let norm = 0;
  source.forEach(([px, py], i) => {
    const [qx, qy] = target[i]!;
    const [x, y, u, v] = [px - mx, py - my, qx - nx, qy - ny];
    dot += x * u + y * v;
    cross += x * v - y * u;
    norm += x * x + y * y;
  });
  if (!(norm > 0)) {
    throw new ShapeError(
      'similarityFromPoints',
      'source: expected at least 2 different points, got points that coincide',
    );
  }
  const c = dot / norm;
  const s = cross / norm;
  return [c, -s, nx - (c * mx - s * my), s, c, ny - (s * mx + c * my)];
}

function centroid(points: readonly Point2[]): Point2 {
  let [x, y] = [0, 0];
  for (const [px, py] of points) {
    x += px;
    y += py;
  }
  return [x / points.length, y / points.length];
}
