/**
 * The surface of a face between the vertices of MediaPipe's mesh: dense and smooth, with the eyes and the mouth open.
 * The mesh has triangles across these three openings, where there is no skin: eyeballs and teeth lie elsewhere. They
 * are kept apart, so that shading leaves them out and textures can show what the photo shows there.
 */
import { ShapeError } from '../../errors.ts';
import { KdTree, LoopSubdivision, type TriangleMesh } from '../../geometry/index.ts';
import type { Point3 } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';

/** The rims of the openings, by vertices of MediaPipe's mesh, each in order round its opening. */
export const OPENING_RIMS = {
  rightEye: [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
  leftEye: [362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382],
  mouth: [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95],
} as const satisfies Record<string, readonly number[]>;

/** Three give 29,297 vertices; two would give fewer than the 10,000 that look smooth. */
const LEVELS = 3;
/**
 * Rounds of fitting the smooth surface to the mesh: what is left of the distance is below that of the mesh's own noise.
 */
const FITS = 5;

/** A surface with its openings. */
export interface OpenSurface extends TriangleMesh {
  /** uint32 [O,3]: triangles across eyes and mouth, of the same positions. */
  readonly openings: Uint32Array;
}

export class FaceSurface {
  readonly #controlCount: number;
  readonly #skin: LoopSubdivision;
  readonly #openings: LoopSubdivision;
  /** Vertices of the mesh that the rims are made of. */
  readonly #rims: readonly number[];
  readonly #openingTriangles: Uint32Array;
  /**
   * For each vertex of the openings, which come after those of the skin, the nearest one of the rim: a vertex of the
   * mesh.
   */
  readonly nearestRim: Uint32Array;

  /** @param levels of subdivision */
  constructor({ triangles, vertices }: Pick<CanonicalFace, 'triangles' | 'vertices'>, levels = LEVELS) {
    const { skin, openings } = splitTriangles(triangles);
    this.#controlCount = vertices.length;
    this.#skin = new LoopSubdivision(skin, vertices.length, levels);
    this.#rims = [...new Set(openings)].sort((a, b) => a - b);
    const place = new Map(this.#rims.map((vertex, i) => [vertex, i]));
    this.#openings = new LoopSubdivision(
      openings.map((vertex) => place.get(vertex)!),
      this.#rims.length,
      levels,
    );
    this.#openingTriangles = this.#openings.triangles.map((vertex) => vertex + this.#skin.vertexCount);
    const rim = this.#rims.map((vertex) => vertices[vertex]!);
    const tree = new KdTree(Float32Array.from(rim.flat()));
    const nearest = new Uint32Array(1);
    const positions = this.#openings.apply(Float32Array.from(rim.flat()), 3);
    this.nearestRim = Uint32Array.from({ length: this.#openings.vertexCount }, (_, i) => {
      const [x, y, z] = positions.subarray(3 * i, 3 * i + 3) as unknown as Point3;
      return this.#rims[tree.nearest(x, y, z, nearest)[0]!]!;
    });
  }

  /** Vertices of the skin, which come first among the dense ones. */
  get skinVertexCount(): number {
    return this.#skin.vertexCount;
  }

  /** All vertices, of skin and openings. */
  get vertexCount(): number {
    return this.#skin.vertexCount + this.#openings.vertexCount;
  }

  /**
   * @param mesh at least the 468 points, in any unit; irises are not part of the surface
   * @returns positions in the same unit, the skin's triangles and those of the openings
   * @throws {ShapeError} when there are fewer points
   */
  densify(mesh: readonly Point3[]): OpenSurface {
    if (mesh.length < this.#controlCount)
      throw new ShapeError(
        'FaceSurface.densify',
        `mesh: expected at least ${this.#controlCount} points, got ${mesh.length}`,
      );
    const control = Float32Array.from(mesh.slice(0, this.#controlCount).flat());
    return {
      positions: this.#spread(control, 3),
      triangles: this.#skin.triangles,
      openings: this.#openingTriangles,
    };
  }

  /** Texture coordinates, or any other values [468,channels], of the dense vertices: smoothed alike. */
  spread(values: Float32Array, channels: number): Float32Array {
    return this.#spread(values, channels);
  }

  #spread(control: Float32Array, channels: number): Float32Array {
    const rims = Float32Array.from(this.#rims.flatMap((v) => [...control.subarray(v * channels, (v + 1) * channels)]));
    const skin = this.#skin.apply(control, channels, FITS);
    const openings = this.#openings.apply(rims, channels, FITS);
    const out = new Float32Array(skin.length + openings.length);
    out.set(skin);
    out.set(openings, skin.length);
    return out;
  }
}

/** A triangle lies in an opening when all its corners are on one rim. */
function splitTriangles(triangles: Uint32Array): { skin: Uint32Array; openings: Uint32Array } {
  const rims = Object.values(OPENING_RIMS).map((rim) => new Set<number>(rim));
  const [skin, openings]: [number[], number[]] = [[], []];
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = triangles.subarray(at, at + 3);
    (rims.some((rim) => corners.every((vertex) => rim.has(vertex))) ? openings : skin).push(...corners);
  }
  return { skin: Uint32Array.from(skin), openings: Uint32Array.from(openings) };
}
