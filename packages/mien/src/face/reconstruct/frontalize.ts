/**
 * Frontalization (Hassner et al. 2015): a face of any photo is painted onto one and the same surface, that of the
 * average face, seen from the front. Unlike re-centralization it keeps nothing of the person's own shape, and it fills
 * what is hidden from the other side of the face.
 */
import { MienError, ShapeError } from '../../errors.ts';
import {
  applyRigid,
  interpolate,
  type OrthographicCamera,
  rasterize,
  solvePnP,
  type SolidPose,
} from '../../geometry/index.ts';
import {
  rawImage,
  similarityFromPoints,
  toRgb,
  type HeightWidth,
  type Point2,
  type Point3,
  type RawImage,
} from '../../image/index.ts';
import { filtered, gaussianWeights } from '../../image/normalize/plane.ts';
import type { AlignSpec } from '../align.ts';
import type { CanonicalFace } from '../canonical-face.ts';
import { groupCenter, LANDMARK_COUNT, landmarks68In3d } from '../landmarks.ts';
import { reducedImage } from '../pyramid.ts';
import { FaceSurface, OPENING_RIMS } from './face-surface.ts';
import { joined, landmarkBoxSide, sampleColors } from './reconstructor.ts';

export interface FrontalizedFace {
  /** RGB, of the frame's size; black beyond the face. */
  readonly image: RawImage;
  /** uint8 [H,W]: 1 where there is face. */
  readonly mask: Uint8Array;
  /** The side of the frame that was filled from the other; none where both were seen alike. */
  readonly filled: 'left' | 'right' | 'none';
  /** Where the average face stands before the camera. */
  readonly pose: SolidPose;
}

/** The contour of the jaw is where the face ends in the photo, not a place on it. */
const FIRST_INNER_LANDMARK = 17;
/** The camera's focal length in sizes of the face: that of a portrait from about 75 cm. */
const FOCAL_FACES = 5;
/** Photo pixels of the frame's: above, colors are taken from a halved image. */
const MAX_STEP = 2;
/**
 * Hassner et al.'s figures for a frame of 320 px: the blur of the counts, the blur of the half, and the difference of
 * the halves' counts from which on one side counts as hidden.
 */
const FRAME = 320;
const COUNT_BLUR = { sigma: 30, radius: 7 };
const HALF_BLUR = { sigma: 60.5, radius: 16 };
const MIN_DIFFERENCE = 800;
/** Around an eye, as a share of the distance between the eyes, nothing is mirrored: eyes look the same way. */
const EYE_MARGIN = 0.12;

/** Paints faces into one frame; made once for a frame. */
export class Frontalizer {
  readonly #size: HeightWidth;
  readonly #landmarks: readonly Point3[];
  /**
   * float32 [H,W,3], where the surface is under each pixel, cm; uint8 [H,W], where there is any, and where eyes are.
   */
  readonly #places: Float32Array;
  readonly #mask: Uint8Array;
  readonly #eyes: Uint8Array;

  /** @param frame where eyes, nose and mouth come to lie, as `alignFace` has it */
  constructor(canonical: CanonicalFace, { template, size }: AlignSpec) {
    this.#size = size;
    this.#landmarks = landmarks68In3d(canonical.vertices);
    const flat = this.#landmarks.map(([x, y]): Point2 => [x, y]);
    const groups = Object.keys(template) as (keyof AlignSpec['template'])[];
    const [scale, , tx, , , ty] = upright(
      groups.map((group) => groupCenter(flat, group)),
      groups.map((group): Point2 => [template[group][0] * size.width, template[group][1] * size.height]),
    );
    const camera: OrthographicCamera = { kind: 'orthographic', scale, offset: [tx, ty] };
    const surface = new FaceSurface(canonical).densify(canonical.vertices);
    const mesh = { positions: surface.positions, triangles: joined(surface.triangles, surface.openings) };
    const raster = rasterize(mesh, camera, size);
    this.#places = interpolate(raster, mesh.triangles, mesh.positions, 3);
    this.#mask = Uint8Array.from(raster.triangleIds, (id) => (id < 0 ? 0 : 1));
    this.#eyes = eyesOf(canonical, camera, size);
  }

  /**
   * @param landmarks the 68, px of the photo
   * @throws {ShapeError} when there are not 68, or they are not finite
   * @throws {MienError} when the average face cannot be placed so that it fits them
   */
  frontalize(image: RawImage, landmarks: readonly Point2[]): FrontalizedFace {
    if (landmarks.length !== LANDMARK_COUNT)
      throw new ShapeError('frontalize', `landmarks: expected ${LANDMARK_COUNT} points, got ${landmarks.length}`);
    const faceSide = landmarkBoxSide(landmarks.map(([x, y]): Point3 => [x, y, 0]));
    if (!(faceSide > 0) || !Number.isFinite(faceSide))
      throw new MienError(`frontalize: expected landmarks that are apart, got a face of ${faceSide} px`);
    const focalPx = FOCAL_FACES * faceSide;
    const center: Point2 = [meanOf(landmarks, 0), meanOf(landmarks, 1)];
    const pose = solvePnP(this.#landmarks.slice(FIRST_INNER_LANDMARK), landmarks.slice(FIRST_INNER_LANDMARK), {
      focalPx,
      center,
    });
    const points = this.#project(pose, focalPx, center);
    const { width, height } = this.#size;
    const level = reducedImage(toRgb(image), faceSide / (0.8 * Math.min(width, height)), MAX_STEP);
    const raw = sampleColors(
      level.image,
      points.map((value) => value * level.scale),
      2,
    );
    this.#mask.forEach((on, pixel) => {
      if (!on) raw.fill(0, 3 * pixel, 3 * pixel + 3);
    });
    const counts = this.#counts(image, points, faceSide);
    const { data, filled } = this.#symmetric(raw, counts);
    return { image: rawImage(width, height, 3, data), mask: this.#mask, filled, pose };
  }

  /** Where each pixel of the frame lies in the photo. @returns float32 [H,W,2] */
  #project(pose: SolidPose, focalPx: number, center: Point2): Float32Array {
    const points = new Float32Array(2 * this.#mask.length);
    this.#mask.forEach((on, pixel) => {
      if (!on) return;
      const place = this.#places.subarray(3 * pixel, 3 * pixel + 3) as unknown as Point3;
      const [x, y, z] = applyRigid(pose, place);
      points[2 * pixel] = (focalPx * x) / z + center[0];
      points[2 * pixel + 1] = (focalPx * y) / z + center[1];
    });
    return points;
  }

  /**
   * How many pixels of the frame come from about the same place of the photo, blurred: many do where the surface is
   * turned away or hidden. Places beyond the photo count as hidden too.
   */
  #counts(image: RawImage, points: Float32Array, faceSide: number): Float32Array {
    const { width, height } = this.#size;
    const cell = faceSide / Math.min(width, height);
    const keyOf = (pixel: number): number =>
      Math.round(points[2 * pixel + 1]! / cell) * 2 ** 26 + Math.round(points[2 * pixel]! / cell);
    const seen = new Map<number, number>();
    this.#mask.forEach((on, pixel) => {
      if (on) seen.set(keyOf(pixel), (seen.get(keyOf(pixel)) ?? 0) + 1);
    });
    const most = greatest(seen.values(), 1);
    const counts = Float32Array.from(this.#mask, (on, pixel) => {
      if (!on) return 0;
      const [x, y] = [points[2 * pixel]!, points[2 * pixel + 1]!];
      return x < 0 || y < 0 || x > image.width || y > image.height ? most : seen.get(keyOf(pixel))!;
    });
    return blurred(counts, this.#size, COUNT_BLUR);
  }

  /**
   * Soft symmetry. With W a blurred mask of the half that was seen, c the counts, 1 at most, and m the mirror image:
   *   (raw (W + (1 − W) e) + m (1 − W)(1 − e)) / 1,  e = exp(−½ − c)
   * Source: Hassner et al. 2015, section 3.3, with the weights of their published code; deviation: the weights sum to 1
   * everywhere.
   */
  #symmetric(raw: Uint8Array, counts: Float32Array): { data: Uint8Array; filled: FrontalizedFace['filled'] } {
    const { width, height } = this.#size;
    let [left, right] = [0, 0];
    counts.forEach((count, pixel) => (pixel % width < width / 2 ? (left += count) : (right += count)));
    const difference = (left - right) * (FRAME ** 2 / (width * height));
    if (Math.abs(difference) <= MIN_DIFFERENCE) return { data: raw, filled: 'none' };
    const leftIsHidden = difference > 0;
    const half = Float32Array.from(counts, (_, pixel) => (pixel % width < width / 2 === leftIsHidden ? 0 : 1));
    const seen = blurred(half, this.#size, HALF_BLUR);
    const most = greatest(counts, 1e-9);
    const data = raw.slice();
    for (let pixel = 0; pixel < counts.length; pixel++) {
      const mirror = pixel - (pixel % width) + width - 1 - (pixel % width);
      if (!this.#mask[pixel] || !this.#mask[mirror] || this.#eyes[pixel]) continue;
      const W = seen[pixel]!;
      const own = W + (1 - W) * Math.exp(-0.5 - counts[pixel]! / most);
      for (let c = 0; c < 3; c++)
        data[3 * pixel + c] = own * raw[3 * pixel + c]! + (1 - own) * raw[3 * mirror + c]! + 0.5;
    }
    return { data, filled: leftIsHidden ? 'left' : 'right' };
  }
}

/** The similarity without a turn: the average face is upright and so is the frame. */
function upright(source: readonly Point2[], target: readonly Point2[]): ReturnType<typeof similarityFromPoints> {
  const [a, b, , c, d] = similarityFromPoints(source, target);
  const scale = Math.sqrt(a * d - b * c);
  const shift = (axis: 0 | 1): number => meanOf(target, axis) - scale * meanOf(source, axis);
  return [scale, 0, shift(0), 0, scale, shift(1)];
}

const meanOf = (points: readonly Point2[], axis: 0 | 1): number =>
  points.reduce((sum, p) => sum + p[axis], 0) / points.length;

/** The frontalized face, or undefined where the average face cannot be placed so that it fits the 68 landmarks. */
export function frontalChip(
  frontalizer: Frontalizer,
  image: RawImage,
  landmarks: readonly Point2[],
): RawImage | undefined {
  try {
    return frontalizer.frontalize(image, landmarks).image;
  } catch (cause) {
    if (cause instanceof MienError) return undefined;
    throw cause;
  }
}

function blurred(plane: Float32Array, size: HeightWidth, { sigma, radius }: typeof COUNT_BLUR): Float32Array {
  const scale = Math.min(size.width, size.height) / FRAME;
  return filtered(plane, size, gaussianWeights(sigma * scale, Math.max(1, Math.round(radius * scale))), 'replicate');
}

/** The greatest, at least `least`; of any number of values, unlike Math.max. */
function greatest(values: Iterable<number>, least: number): number {
  let most = least;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** Ellipses about the eyes. */
function eyesOf(
  { vertices }: CanonicalFace,
  { scale = 1, offset = [0, 0] }: OrthographicCamera,
  size: HeightWidth,
): Uint8Array {
  const eyes = [OPENING_RIMS.rightEye, OPENING_RIMS.leftEye].map((rim) => {
    const xs = rim.map((v) => scale * vertices[v]![0] + offset[0]);
    const ys = rim.map((v) => scale * vertices[v]![1] + offset[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return { x: (left + right) / 2, y: (top + bottom) / 2, a: (right - left) / 2, b: (bottom - top) / 2 };
  });
  const margin = EYE_MARGIN * Math.abs(eyes[1]!.x - eyes[0]!.x);
  return Uint8Array.from({ length: size.width * size.height }, (_, pixel) => {
    const [x, y] = [(pixel % size.width) + 0.5, Math.floor(pixel / size.width) + 0.5];
    return eyes.some((e) => ((x - e.x) / (e.a + margin)) ** 2 + ((y - e.y) / (e.b + margin)) ** 2 <= 1) ? 1 : 0;
  });
}
