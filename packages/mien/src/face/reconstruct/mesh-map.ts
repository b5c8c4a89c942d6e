/**
 * A position map of the face mesh (Feng et al. 2018, of another surface): the face unfolded by the texture coordinates of
 * MediaPipe's canonical face onto a square of S×S texels, each of which holds where its place of the face lies.
 *
 *   map[0] = x / R,  map[1] = y / R,  map[2] = ½ − z / R        R = 1.1
 *
 * with x and y in sides of the picture and z, the depth behind the middle of the mesh, in the same unit: all within 0 … 1,
 * as a sigmoid gives them. A texel is a mix of the three vertices of its triangle; the one nearest to a landmark holds
 * that landmark itself, so that the 68 can be read off the map as they are. Eyes and mouth are closed over.
 * Shape legend: V = 468 vertices, S side of the map.
 */
import { ShapeError } from '../../errors.ts';
import { rasterize } from '../../geometry/index.ts';
import type { Point3 } from '../../image/index.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { LANDMARK_VERTICES } from '../landmarks.ts';
import type { PositionMapLayout } from './position-map-reconstructor.ts';

/** What an output of 1 is, in sides of the picture (Feng et al. 2018). */
export const POSITION_MAP_RANGE = 1.1;
/** The depth of the middle of the mesh in a map. */
const MIDDLE = 0.5;

/** What texels count (Feng et al. 2018): landmarks, then eyes, nose and mouth, then the rest of the face. */
const WEIGHTS = { landmark: 16, feature: 4, face: 3 } as const;
/** Landmarks of nose, eyes and mouth; what is this near to one of them, in sides of the map, is a feature. */
const FEATURES = { from: 27, near: 0.05 } as const;

export class MeshMap {
  /** S */
  readonly side: number;
  /** float32 [S,S]: 16, 4 or 3 on the face, 0 beside it. */
  readonly weights: Float32Array;
  /** The texels on the face, and the triangles between them. */
  readonly layout: PositionMapLayout;
  readonly #vertexCount: number;
  /** For each texel on the face, three vertices and their shares. */
  readonly #corners: Uint16Array;
  readonly #shares: Float32Array;

  /** @throws {ShapeError} when the side is not a whole number, or too small to tell the landmarks apart */
  constructor(
    { triangles, textureCoordinates }: Pick<CanonicalFace, 'triangles' | 'textureCoordinates'>,
    side: number,
  ) {
    if (!Number.isInteger(side) || side < 16)
      throw new ShapeError('MeshMap', `side: expected a whole number from 16, got ${side}`);
    const places = (vertex: number): [number, number] => [
      textureCoordinates[2 * vertex]!,
      textureCoordinates[2 * vertex + 1]!,
    ];
    this.side = side;
    this.#vertexCount = textureCoordinates.length / 2;
    const positions = new Float32Array(3 * this.#vertexCount);
    for (let v = 0; v < this.#vertexCount; v++) positions.set(places(v), 3 * v);
    const raster = rasterize(
      { positions, triangles },
      { kind: 'orthographic', scale: side },
      { width: side, height: side },
    );
    this.#corners = new Uint16Array(3 * side * side);
    this.#shares = new Float32Array(3 * side * side);
    this.weights = new Float32Array(side * side);
    raster.triangleIds.forEach((triangle, texel) => {
      if (triangle < 0) return;
      const [a, b] = [raster.weights[2 * texel]!, raster.weights[2 * texel + 1]!];
      this.#corners.set(triangles.subarray(3 * triangle, 3 * triangle + 3), 3 * texel);
      this.#shares.set([a, b, 1 - a - b], 3 * texel);
      this.weights[texel] = WEIGHTS.face;
    });

    const landmarks = new Uint32Array(LANDMARK_VERTICES.length);
    const taken = new Set<number>();
    LANDMARK_VERTICES.forEach((vertices, i) => {
      const [u, v] = ([0, 1] as const).map(
        (axis) => vertices.reduce((sum, vertex) => sum + places(vertex)[axis], 0) / vertices.length,
      ) as [number, number];
      const texel = nearestFree(u * side, v * side, side, taken);
      taken.add(texel);
      landmarks[i] = texel;
      this.#corners.fill(vertices[0]!, 3 * texel, 3 * texel + 3);
      this.#corners[3 * texel + 1] = vertices.at(-1)!;
      this.#shares.set([0.5, 0.5, 0], 3 * texel);
      if (i >= FEATURES.from) this.#mark(u * side, v * side);
    });
    for (const texel of taken) this.weights[texel] = WEIGHTS.landmark;
    this.layout = { ...gridOf(this.weights, side), landmarks };
  }

  /** Texels on the face that are near to a place count as features. */
  #mark(x: number, y: number): void {
    const { side, weights } = this;
    weights.forEach((weight, texel) => {
      const distance = Math.hypot((texel % side) + 0.5 - x, Math.floor(texel / side) + 0.5 - y);
      if (weight > 0 && distance < FEATURES.near * side) weights[texel] = WEIGHTS.feature;
    });
  }

  /**
   * Writes the map of a mesh; texels beside the face are left as they are.
   * @param mesh [V,3]: x and y in sides of the picture, z behind the middle of the mesh   @param out of [3,S,S] from `at` on
   */
  write(mesh: ArrayLike<number>, out: Float32Array, at = 0): void {
    if (mesh.length !== 3 * this.#vertexCount)
      throw new ShapeError('MeshMap', `mesh: expected ${3 * this.#vertexCount} numbers, got ${mesh.length}`);
    const area = this.side ** 2;
    for (let texel = 0; texel < area; texel++) {
      if (this.weights[texel] === 0) continue;
      for (let axis = 0; axis < 3; axis++) {
        let value = 0;
        for (let k = 3 * texel; k < 3 * texel + 3; k++) value += this.#shares[k]! * mesh[3 * this.#corners[k]! + axis]!;
        out[at + axis * area + texel] = axis === 2 ? MIDDLE - value / POSITION_MAP_RANGE : value / POSITION_MAP_RANGE;
      }
    }
  }

  /** The 68 landmarks of a map [3,S,S], from `at` on, in the unit of the mesh. */
  landmarksOf(map: ArrayLike<number>, at = 0): Point3[] {
    const area = this.side ** 2;
    return Array.from(this.layout.landmarks, (texel): Point3 => {
      const value = (axis: number): number => map[at + axis * area + texel]!;
      return [POSITION_MAP_RANGE * value(0), POSITION_MAP_RANGE * value(1), POSITION_MAP_RANGE * (MIDDLE - value(2))];
    });
  }
}

/** The free texel whose center is nearest to a place, px. */
function nearestFree(x: number, y: number, side: number, taken: ReadonlySet<number>): number {
  const around = (value: number): number[] =>
    [-1, 0, 1].map((d) => Math.floor(value) + d).filter((i) => i >= 0 && i < side);
  const free = around(y)
    .flatMap((row) => around(x).map((column) => ({ row, column })))
    .map(({ row, column }) => ({
      texel: row * side + column,
      distance: Math.hypot(column + 0.5 - x, row + 0.5 - y),
    }))
    .filter(({ texel }) => !taken.has(texel))
    .sort((a, b) => a.distance - b.distance);
  if (!free[0]) throw new ShapeError('MeshMap', `side: ${side} is too small to tell the landmarks apart`);
  return free[0].texel;
}

/** The texels on the face, in order, and two triangles between each four of them. */
function gridOf(weights: Float32Array, side: number): Pick<PositionMapLayout, 'vertices' | 'triangles'> {
  const vertices: number[] = [];
  const numbers = new Int32Array(weights.length).fill(-1);
  weights.forEach((weight, texel) => {
    if (weight > 0) numbers[texel] = vertices.push(texel) - 1;
  });
  const triangles: number[] = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const texel = row * side + column;
      const [a, b, c, d] = [texel, texel + 1, texel + side, texel + side + 1].map((t) => numbers[t]!) as [
        number,
        number,
        number,
        number,
      ];
      if (Math.min(a, b, c, d) >= 0) triangles.push(a, b, c, b, d, c);
    }
  return { vertices: Uint32Array.from(vertices), triangles: Uint32Array.from(triangles) };
}
