/** What every extractor of features from pixels is, and how an image becomes grey and fits a grid. */
import { ShapeError } from '../errors.ts';
import { toGray, type HeightWidth, type RawImage } from '../image/index.ts';

/** One fixed-length descriptor of an aligned face: the same pixels give the same numbers on every machine. */
export interface ImageFeature {
  readonly name: string;
  /**
   * How many numbers an image of this size gives.
   * @throws {ShapeError} when the feature's grid does not divide the size
   */
  size(image: HeightWidth): number;
  /**
   * @param image RGB is made grey first (BT.601, see colour.ts)
   * @returns float32 [size(image)]
   * @throws {ShapeError} when the feature's grid does not divide the image
   */
  extract(image: RawImage): Float32Array;
}

/** Side of Li & Deng's (2019) aligned faces, px. */
export const ALIGNED_SIDE = 100;

/** @throws {ShapeError} when a side is not a positive multiple of `multiple` */
export function checkGrid(feature: string, { width, height }: HeightWidth, multiple: number): void {
  const fits = (side: number): boolean => side > 0 && side % multiple === 0;
  if (!fits(width) || !fits(height)) {
    throw new ShapeError(
      feature,
      `image: expected sides that are multiples of ${multiple} px (Li & Deng 2019 has ${ALIGNED_SIDE}×${ALIGNED_SIDE}), got ${width}×${height}`,
    );
  }
}

/** Grey pixels on the grid. @throws {ShapeError} as `checkGrid` */
export function grayOnGrid(feature: string, image: RawImage, multiple: number): RawImage {
  checkGrid(feature, image, multiple);
  return toGray(image);
}
