/**
 * What a reading of a face rests on, so that those who use it can leave out what is too small, blurred, turned or cut
 * off.
 */
import {
  compose,
  scaling,
  sharpness,
  translation,
  warpToFloat32,
  type BoxXYWH,
  type RawImage,
} from '../image/index.ts';
import type { Face } from './find-faces.ts';

export interface FaceQuality {
  /** The square root of the area of the face's box, px of the photo. */
  readonly size: number;
  /**
   * 0 (blurred) … 1, of the face at 96×96 px (image/sharpness.ts): whatever is enlarged, out of focus or moved is low.
   */
  readonly sharpness: number;
  /** Degrees, as in the pose; beyond 50 to either side half of the face is hidden. */
  readonly yawDeg: number;
  /** Probability that the mesh network gives to seeing a face, 0 … 1. */
  readonly presence: number;
  /** The part of the face's box that lies beyond the photo's borders, 0 … 1. */
  readonly cut: number;
}

/** Side of the square that sharpness is measured on, px. */
const SIDE = 96;

/** @param yawDeg of the head's pose */
export function faceQuality(image: RawImage, { box, mesh }: Pick<Face, 'box' | 'mesh'>, yawDeg: number): FaceQuality {
  return {
    size: Math.sqrt(box.width * box.height),
    sharpness: faceSharpness(image, box),
    yawDeg,
    presence: mesh.score,
    cut: partOutside(box, image),
  };
}

/**
 * Sharpness of the square around the box's centre; beyond the photo, edge pixels repeat, which is neither sharp nor
 * blurred.
 */
function faceSharpness(image: RawImage, { x, y, width, height }: BoxXYWH): number {
  const side = Math.max(width, height);
  if (!(side > 0)) return 0;
  const map = compose(translation(x + (width - side) / 2, y + (height - side) / 2), scaling(side / SIDE, side / SIDE));
  const gray = new Float32Array(SIDE * SIDE);
  const size = { width: SIDE, height: SIDE };
  warpToFloat32(image, map, size, gray, 0, { mean: 0, std: 1, channels: 'grey', layout: 'nchw', border: 'replicate' });
  return sharpness(gray, size);
}

function partOutside(box: BoxXYWH, { width, height }: RawImage): number {
  const inside = (from: number, length: number, limit: number): number =>
    Math.max(Math.min(from + length, limit) - Math.max(from, 0), 0);
  const area = box.width * box.height;
  return area > 0 ? 1 - (inside(box.x, box.width, width) * inside(box.y, box.height, height)) / area : 0;
}
