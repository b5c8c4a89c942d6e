/**
 * Faces by a position-map network (Feng et al. 2018) that the user supplies: an ONNX file whose output holds, for each
 * place of the unfolded face, where it lies in the picture. Mien ships no such network: the published weights are for
 * research only.
 */
import { InputError, ShapeError } from '../../errors.ts';
import type { VisibilityRule } from '../../geometry/index.ts';
import {
  applyAffine,
  compose,
  type Point3,
  type RawImage,
  scaling,
  translation,
  warpToFloat32,
} from '../../image/index.ts';
import type { Session } from '../../runtime/index.ts';
import { tensor } from '../../tensor/index.ts';
import type { Face } from '../find-faces.ts';
import { LANDMARK_COUNT, landmarks68In3d } from '../landmarks.ts';
import { levelForWarp } from '../pyramid.ts';
import {
  landmarkBoxSide,
  POSITION_MAP_CROP,
  readPhoto,
  type FaceReconstruction,
  type FaceReconstructor,
} from './reconstructor.ts';

/** Which places of a position map are the face. */
export interface PositionMapLayout {
  /** Places of the vertices: row · side + column in the map. */
  readonly vertices: Uint32Array;
  /** uint32 [T,3], numbers of vertices. */
  readonly triangles: Uint32Array;
  /** Places of the 68 landmarks in the map. */
  readonly landmarks: Uint32Array;
}

export interface PositionMapOptions {
  readonly visibility?: VisibilityRule;
  /** What an output of 1 is, in sides of the network's input. Default 1.1, as in the published network. */
  readonly outputRange?: number;
}

/** Faces of up to this many pixels a sample are sampled as they are, larger ones from a halved image. */
const MAX_STEP = 2;

export class PositionMapReconstructor implements FaceReconstructor {
  readonly name = 'position-map';
  readonly #session: Session;
  readonly #layout: PositionMapLayout;
  readonly #side: number;
  readonly #channelsFirst: boolean;
  readonly #options: PositionMapOptions;

  /**
   * @param inputDims of the network: [N,3,S,S] or [N,S,S,3], RGB in 0 … 1
   * @throws {ShapeError} when the network takes something else, or the layout does not fit together
   */
  constructor(
    session: Session,
    inputDims: readonly number[],
    layout: PositionMapLayout,
    options: PositionMapOptions = {},
  ) {
    const [, a, b, c] = inputDims;
    const channelsFirst = a === 3 && b === c;
    if (inputDims.length !== 4 || !(channelsFirst || (c === 3 && a === b)) || !(b! > 0))
      throw new ShapeError(
        'PositionMapReconstructor',
        `network: expected an input [N,3,S,S] or [N,S,S,3], got [${inputDims.join(',')}]`,
      );
    checkLayout(layout);
    this.#session = session;
    this.#layout = layout;
    this.#side = b!;
    this.#channelsFirst = channelsFirst;
    this.#options = options;
  }

  /** Looks at a square about the landmarks of the face's mesh. */
  async reconstruct(
    image: RawImage,
    { mesh }: { readonly mesh: Pick<Face['mesh'], 'points'> },
  ): Promise<FaceReconstruction> {
    const found = landmarks68In3d(mesh.points);
    const side = POSITION_MAP_CROP * landmarkBoxSide(found);
    const middle = (axis: 0 | 1): number => {
      const values = found.map((p) => p[axis]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    };
    const S = this.#side;
    if (!(side > 0)) throw new ShapeError('reconstruct', `mesh: expected a face with an extent, got ${side} px`);
    const toImage = compose(translation(middle(0) - side / 2, middle(1) - side / 2), scaling(side / S, side / S));
    const level = levelForWarp(image, toImage, MAX_STEP);
    const pixels = new Float32Array(3 * S * S);
    warpToFloat32(level.image, level.outputToInput, { height: S, width: S }, pixels, 0, {
      mean: 0,
      std: 1,
      channels: 'rgb',
      layout: this.#channelsFirst ? 'nchw' : 'nhwc',
      border: 'zero',
    });
    const dims = this.#channelsFirst ? [1, 3, S, S] : [1, S, S, 3];
    const outputs = await this.#session.run({ [this.#session.inputNames[0]!]: tensor('float32', dims, pixels) });
    const map = outputs[this.#session.outputNames[0]!]!;
    const place = placesOf(map.data as Float32Array, map.dims);

    const range = S * (this.#options.outputRange ?? 1.1);
    const pxPerPx = side / S;
    // In a position map z grows towards the camera
    const at = (index: number): Point3 => {
      const [x, y, z] = place(index);
      return [...applyAffine(toImage, [x * range, y * range]), -z * range * pxPerPx];
    };
    const positions = new Float32Array(3 * this.#layout.vertices.length);
    this.#layout.vertices.forEach((index, i) => positions.set(at(index), 3 * i));
    const shape = {
      positions,
      triangles: facingOut(positions, this.#layout.triangles),
      openings: new Uint32Array(0),
      landmarks: Array.from(this.#layout.landmarks, at),
    };
    return readPhoto(image, shape, this.#options.visibility);
  }
}

/** Reads a map [1,3,H,W] or [1,H,W,3] by index; indices beyond it are an error. */
function placesOf(data: Float32Array, dims: readonly number[]): (index: number) => Point3 {
  const channelsFirst = dims[1] === 3;
  const area = data.length / 3;
  if (dims.length !== 4 || dims[0] !== 1 || !(channelsFirst || dims[3] === 3))
    throw new ShapeError('reconstruct', `network: expected a map [1,3,H,W] or [1,H,W,3], got [${dims.join(',')}]`);
  return (index) => {
    if (index >= area)
      throw new ShapeError('reconstruct', `layout: expected places below ${area}, as the map has, got ${index}`);
    return channelsFirst
      ? [data[index]!, data[area + index]!, data[2 * area + index]!]
      : [data[3 * index]!, data[3 * index + 1]!, data[3 * index + 2]!];
  };
}

function checkLayout({ vertices, triangles, landmarks }: PositionMapLayout): void {
  if (landmarks.length !== LANDMARK_COUNT)
    throw new ShapeError('PositionMapReconstructor', `layout: expected 68 landmarks, got ${landmarks.length}`);
  const beyond = triangles.find((vertex) => vertex >= vertices.length);
  if (triangles.length === 0 || triangles.length % 3 !== 0 || beyond !== undefined)
    throw new ShapeError(
      'PositionMapReconstructor',
      `layout: expected triangles of vertices 0 to ${vertices.length - 1}, got ${beyond ?? `${triangles.length} corners`}`,
    );
}

/** Triangles wound so that most of them face away from the middle of the points. */
function facingOut(positions: Float32Array, triangles: Uint32Array): Uint32Array {
  const middle = [0, 0, 0];
  positions.forEach((value, i) => (middle[i % 3]! += (3 * value) / positions.length));
  let outward = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => {
      const vertex = 3 * triangles[at + k]!;
      return [0, 1, 2].map((axis) => positions[vertex + axis]! - middle[axis]!);
    }) as [number[], number[], number[]];
    // a · (b × c) is the volume under the triangle, seen from the middle
    outward +=
      a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) +
      a[1]! * (b[2]! * c[0]! - b[0]! * c[2]!) +
      a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
  }
  if (outward >= 0) return triangles;
  const turned = triangles.slice();
  for (let at = 0; at < turned.length; at += 3) [turned[at + 1], turned[at + 2]] = [turned[at + 2]!, turned[at + 1]!];
  return turned;
}

/** The text files that describe a position map, as the published network has them. */
export const LAYOUT_FILES = {
  /** A number for each vertex: row · side + column. */
  vertices: 'face_ind.txt',
  /** Three for each triangle. */
  triangles: 'triangles.txt',
  /** Two rows of 68: columns of the landmarks, then rows. */
  landmarks: 'uv_kpt_ind.txt',
} as const;

/**
 * @param texts of the three files   @param side of the position map, px
 * @throws {InputError} when a file does not hold whole numbers, or not as many as expected
 */
export function parsePositionMapLayout(
  texts: Readonly<Record<keyof typeof LAYOUT_FILES, string>>,
  side: number,
): PositionMapLayout {
  const points = numbersOf(texts.landmarks, LAYOUT_FILES.landmarks);
  if (points.length !== 2 * LANDMARK_COUNT)
    throw new InputError(LAYOUT_FILES.landmarks, `expected two rows of 68 numbers, got ${points.length} numbers`);
  return {
    vertices: numbersOf(texts.vertices, LAYOUT_FILES.vertices),
    triangles: numbersOf(texts.triangles, LAYOUT_FILES.triangles),
    landmarks: Uint32Array.from({ length: LANDMARK_COUNT }, (_, i) => points[LANDMARK_COUNT + i]! * side + points[i]!),
  };
}

/** Numbers as NumPy's savetxt writes them: 1.234e+04 is whole. */
function numbersOf(text: string, file: string): Uint32Array {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const numbers = words.map(Number);
  const bad = numbers.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= 2 ** 32);
  if (bad >= 0) throw new InputError(file, `expected whole numbers, got "${words[bad]}"`);
  if (numbers.length === 0) throw new InputError(file, 'expected numbers, got none');
  return Uint32Array.from(numbers);
}
