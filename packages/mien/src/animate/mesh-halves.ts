/**
 * A mesh in the canonical face's frame, as what its two halves have in common and what they differ in. Action units of
 * both sides move the first, and only their difference moves the second, so that each is fitted by itself.
 */
import { MienError } from '../errors.ts';
import { LANDMARK_VERTICES, type CanonicalFace } from '../face/index.ts';
import { applyRigid, procrustes } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';

/** Landmarks 0 to 2, and 14 to 16, are the sides of the head, which no unit moves. */
const FIRST_LANDMARK = 3;
/** Beside the landmarks: root and wings of the nose, brows, lids, cheeks, chin. */
const FURTHER = [
  8, 9, 151, 55, 48, 64, 49, 50, 101, 118, 205, 203, 187, 159, 145, 13, 14, 0, 17, 61, 152, 199, 200, 52, 65, 46,
];

/** Of H places on the subject's right or in the middle, with their mirror images. */
export interface HalfPoints {
  /** [3H] cm: the mean of the right side and the left one, mirrored. */
  readonly even: readonly number[];
  /** [3H] cm: half of their difference. */
  readonly odd: readonly number[];
}

export class MeshHalves {
  readonly #canonical: CanonicalFace;
  /** [H] vertices of the right, or the middle, and their mirror images. */
  readonly pairs: readonly (readonly [right: number, left: number])[];

  constructor(canonical: CanonicalFace) {
    this.#canonical = canonical;
    const { vertices } = canonical;
    const used = new Set([...LANDMARK_VERTICES.slice(FIRST_LANDMARK).flat(), ...FURTHER]);
    const pairs = new Map<number, number>();
    for (const vertex of used) {
      const other = nearest(vertices, mirrored(vertices[vertex]!));
      const [right, left] = vertices[vertex]![0] <= 0 ? [vertex, other] : [other, vertex];
      pairs.set(right, left);
    }
    this.pairs = [...pairs].sort(([a], [b]) => a - b);
  }

  /**
   * Turned, scaled and moved so that the parts that expressions hardly move lie on the canonical face.
   * @param mesh at least 468 points, px
   * @throws {MienError} when there are fewer   @throws {ShapeError} when they lie in one place or on a line
   */
  of(mesh: readonly Point3[]): HalfPoints {
    const { vertices, weights } = this.#canonical;
    if (mesh.length < vertices.length)
      throw new MienError(`mesh: expected at least ${vertices.length} points, got ${mesh.length}`);
    const toCanonical = procrustes(mesh.slice(0, vertices.length), vertices, { weights, scale: true });
    const [even, odd]: [number[], number[]] = [[], []];
    for (const [right, left] of this.pairs) {
      const [rx, ry, rz] = applyRigid(toCanonical, mesh[right]!);
      const [lx, ly, lz] = applyRigid(toCanonical, mesh[left]!);
      even.push((rx - lx) / 2, (ry + ly) / 2, (rz + lz) / 2);
      odd.push((rx + lx) / 2, (ry - ly) / 2, (rz - lz) / 2);
    }
    return { even, odd };
  }
}

const mirrored = ([x, y, z]: Point3): Point3 => [-x, y, z];

function nearest(points: readonly Point3[], [x, y, z]: Point3): number {
  let [best, least] = [0, Infinity];
  points.forEach(([px, py, pz], i) => {
    const distance = (px - x) ** 2 + (py - y) ** 2 + (pz - z) ** 2;
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}
