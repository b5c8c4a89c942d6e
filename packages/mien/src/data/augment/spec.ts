/**
 * What augmentation may do to an image. Every part is off when absent; the empty spec changes nothing.
 */
import { ShapeError } from '../../errors.ts';

export interface EraseSpec {
  /** Chance that an image gets an erased rectangle, 0 … 1. */
  readonly probability: number;
  /** Range of the rectangle's share of the image's area, within 0 … 1. */
  readonly area: readonly [low: number, high: number];
  /** Range of its height/width, above 0, drawn evenly in the logarithm. */
  readonly aspect: readonly [low: number, high: number];
}

/** A fixed set of crops, each turned and mirrored (see crop-grid.ts). */
export interface CropGridSpec {
  /** Beside the upright one, −180 … 180. */
  readonly rotationsDeg: readonly number[];
}

/** Something that happens to an image with a probability, 0 … 1, and with a strength drawn evenly from a range. */
export interface Chance {
  readonly probability: number;
  readonly range: readonly [low: number, high: number];
}

export interface AugmentSpec {
  /** Chance of a left-right mirror, 0 … 1. */
  readonly flip?: number;
  /** Largest shift in x and in y, as a share of width and height, 0 … 1; with `scale` above 1 it is a random crop. */
  readonly shift?: number;
  /** Largest rotation either way, in degrees, 0 … 180. */
  readonly rotationDeg?: number;
  /** Range of the zoom, above 0, drawn evenly in the logarithm; 1.1 shows the face 10 % larger. */
  readonly scale?: readonly [low: number, high: number];
  /** Largest horizontal shear either way, as an angle in degrees, 0 … 60. */
  readonly shearDeg?: number;
  /** Light from a side, drawn evenly round the face: strength 0 … 1 as in `lightFromSide`. */
  readonly sideLight?: Chance;
  /** Gaussian blur, σ in pixels of the image. */
  readonly blur?: Chance;
  /** Shrinks to this height in pixels and enlarges again. */
  readonly lowResolution?: Chance;
  /** JPEG compression, quality 1 … 100. */
  readonly jpeg?: Chance;
  /** Largest change of brightness either way, as a share of the full range, 0 … 1. */
  readonly brightness?: number;
  /** Contrast about the image's mean is multiplied by 1 ± up to this, 0 … 1. */
  readonly contrast?: number;
  /** Largest standard deviation of Gaussian noise, as a share of the full range, 0 … 1; drawn for each image. */
  readonly noise?: number;
  /** Random erasing: a rectangle of random values (Zhong et al. 2020, arXiv:1708.04896). */
  readonly erase?: EraseSpec;
  /**
   * In place of all else, one of a fixed set of crops of the input's size: four corners and the centre, each upright and
   * at these angles, each also mirrored. Landmarks do not follow it.
   */
  readonly cropGrid?: CropGridSpec;
}

/** @throws {ShapeError} naming the field that is out of its range */
export function validateAugmentSpec(spec: AugmentSpec): void {
  const within = (name: string, value: number | undefined, low: number, high: number): void => {
    if (value !== undefined && !(value >= low && value <= high)) {
      throw new ShapeError('augment', `${name}: expected a number ${low} … ${high}, got ${value}`);
    }
  };
  const range = (name: string, value: readonly [number, number] | undefined, low: number, high: number): void => {
    if (value !== undefined && !(value[0] > low && value[0] <= value[1] && value[1] <= high)) {
      throw new ShapeError(
        'augment',
        `${name}: expected low ≤ high, above ${low} and at most ${high}, got [${value.join(', ')}]`,
      );
    }
  };
  within('flip', spec.flip, 0, 1);
  within('shift', spec.shift, 0, 1);
  within('rotationDeg', spec.rotationDeg, 0, 180);
  range('scale', spec.scale, 0, Infinity);
  within('shearDeg', spec.shearDeg, 0, 60);
  const chance = (name: string, value: Chance | undefined, low: number, high: number): void => {
    within(`${name}.probability`, value?.probability, 0, 1);
    range(`${name}.range`, value?.range, low, high);
  };
  chance('sideLight', spec.sideLight, 0, 1);
  chance('blur', spec.blur, 0, Infinity);
  chance('lowResolution', spec.lowResolution, 0, Infinity);
  chance('jpeg', spec.jpeg, 0, 100);
  within('brightness', spec.brightness, 0, 1);
  within('contrast', spec.contrast, 0, 1);
  within('noise', spec.noise, 0, 1);
  within('erase.probability', spec.erase?.probability, 0, 1);
  range('erase.area', spec.erase?.area, 0, 1);
  range('erase.aspect', spec.erase?.aspect, 0, Infinity);
  spec.cropGrid?.rotationsDeg.forEach((angle, i) => within(`cropGrid.rotationsDeg[${i}]`, angle, -180, 180));
  const other = Object.keys(spec).find((name) => name !== 'cropGrid');
  if (spec.cropGrid && other !== undefined)
    throw new ShapeError('augment', `cropGrid: is instead of all else, and cannot be combined with ${other}`);
}
