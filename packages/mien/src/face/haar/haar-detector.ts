/**
 * Viola & Jones's detector (2001) with a cascade that the user supplies: windows of all sizes and places run through
 * stages of boosted Haar-like features until one rejects them; those that pass all are joined where they are near each
 * other. The boxes are those of OpenCV's `detectMultiScale` with the same cascade and settings.
 */
import { ShapeError } from '../../errors.ts';
import { type BoxXYWH, type HeightWidth, rawImage, type RawImage, toGray } from '../../image/index.ts';
import type { Detection, FaceDetector } from '../types.ts';
import type { Cascade } from './cascade.ts';
import { type BoxGroup, groupBoxes } from './group-boxes.ts';
import { flatten, type FlatCascade, place, stagesPassed } from './flat-cascade.ts';
import { roundHalfEven, shrink, type WindowSums, windowSums } from './window-sums.ts';

export interface HaarOptions {
  /** Factor from one size of window to the next, above 1. Default 1.1. */
  readonly scaleFactor?: number;
  /** Neighbouring windows that must agree on a face. Default 3. */
  readonly minNeighbors?: number;
  /** Side of the smallest face that is sought, px. Default 30. */
  readonly minSize?: number;
}

/** Half-way between the eyes, and so on, in units of the box: where faces of frontal cascades have them. */
const EYES_Y = 0.4;
const EYE_X = 0.3;
const NOSE_Y = 0.6;
const MOUTH_Y = 0.78;
const EAR_X = 0.04;

export class HaarDetector implements FaceDetector {
  readonly #cascade: Cascade;
  readonly #scaleFactor: number;
  readonly #minNeighbors: number;
  readonly #minSize: number;
  readonly #flat: FlatCascade;

  /** @throws {ShapeError} when an option is out of range */
  constructor(cascade: Cascade, { scaleFactor = 1.1, minNeighbors = 3, minSize = 30 }: HaarOptions = {}) {
    if (!(scaleFactor > 1 && Number.isFinite(scaleFactor)))
      throw new ShapeError('HaarDetector', `scaleFactor: expected a number above 1, got ${scaleFactor}`);
    if (!(Number.isInteger(minNeighbors) && minNeighbors >= 1))
      throw new ShapeError('HaarDetector', `minNeighbors: expected a whole number from 1, got ${minNeighbors}`);
    if (!(minSize >= 0)) throw new ShapeError('HaarDetector', `minSize: expected 0 px or more, got ${minSize}`);
    this.#cascade = cascade;
    this.#scaleFactor = scaleFactor;
    this.#minNeighbors = minNeighbors;
    this.#minSize = minSize;
    this.#flat = flatten(cascade);
  }

  /**
   * A cascade finds boxes alone: the key points are where a frontal, upright face of such a box has them on average, and
   * the score is n/(n + 3) for n windows that agree.
   */

  async detect(image: RawImage): Promise<Detection[]> {
    return this.detectBoxes(image)
      .map(({ box, count }) => ({ box, score: count / (count + 3), keypoints: keyPointsOf(box) }))
      .sort((a, b) => b.score - a.score);
  }

  /** What OpenCV's `detectMultiScale` gives: boxes in whole pixels, and how many windows agree on each. */
  detectBoxes(image: RawImage): BoxGroup[] {
    const gray = toGray(image);
    const { width, height } = this.#cascade;
    const found: BoxXYWH[] = [];
    let stripes: number | undefined;
    for (let factor = 1; ; factor *= this.#scaleFactor) {
      // A float32 in OpenCV, and so are the products: half pixels are rounded by it
      const scale = Math.fround(factor);
      const scaled = (value: number): number => roundHalfEven(Math.fround(value * scale));
      const window = { width: scaled(width), height: scaled(height) };
      if (window.width > gray.width || window.height > gray.height) break;
      if (window.width < this.#minSize || window.height < this.#minSize) continue;
      const shrunk = (value: number): number => roundHalfEven(Math.fround(value / scale));
      const size = { width: shrunk(gray.width), height: shrunk(gray.height) };
      const isWhole = size.width === gray.width && size.height === gray.height;
      const level = isWhole ? gray : rawImage(size.width, size.height, 1, shrink(gray, size));
      // Small windows, of which there are most, are looked at in every second place
      const step = scale >= 2 ? 1 : 2;
      stripes ??= Math.ceil((level.width + 1 - width) / STRIPE);
      const rows = rowsOf(level.height + 1 - height, step, stripes);
      for (const [x, y] of this.#passing(level, step, rows)) found.push({ x: scaled(x), y: scaled(y), ...window });
    }
    return groupBoxes(found, this.#minNeighbors + 1).map(({ box, count }) => ({ box: clipped(box, gray), count }));
  }

  /** Corners of the windows that pass all stages, above `rows`. */
  #passing(level: RawImage, step: number, rows: number): [x: number, y: number][] {
    const { width, height, stages } = this.#cascade;
    const table = windowSums(level, this.#flat.hasTilted);
    const placed = place(this.#flat, table);
    const passing: [number, number][] = [];
    for (let y = 0; y < rows; y += step)
      for (let x = 0; x <= level.width - width; x += step) {
        const at = y * table.stride + x;
        const scale = contrastScale(table, at, width, height);
        if (scale === 0) continue;
        const passed = stagesPassed(this.#flat, placed, at, scale);
        if (passed === stages.length) passing.push([x, y]);
        // Where the first stage already rejects, the next place is passed over
        else if (passed === 0) x += step;
      }
    return passing;
  }
}

/** Of the smallest search, the places across that one of OpenCV's threads takes. */
const STRIPE = 32;

/** OpenCV searches in as many stripes at every size, whose rows are whole steps: where one is left over, it is not looked at. */
function rowsOf(places: number, step: number, stripes: number): number {
  const perStripe = Math.max(1, Math.floor((Math.floor(places / step) + stripes - 1) / stripes)) * step;
  return Math.min(places, perStripe * stripes);
}

/** Rounding may take a box beyond the image. */
function clipped({ x, y, width, height }: BoxXYWH, image: HeightWidth): BoxXYWH {
  return { x, y, width: Math.min(width, image.width - x), height: Math.min(height, image.height - y) };
}

/**
 * 1 / (area · standard deviation) of the window without its border, by which features are measured; 0 where the window
 * is so even that nothing can be seen in it.
 */
function contrastScale({ stride, sums, squares }: WindowSums, at: number, width: number, height: number): number {
  const [top, across] = [at + stride + 1, width - 2];
  const bottom = top + (height - 2) * stride;
  const area = across * (height - 2);
  const sum = (sums[top]! - sums[top + across]! - sums[bottom]! + sums[bottom + across]!) | 0;
  const square = squares[top]! - squares[top + across]! - squares[bottom]! + squares[bottom + across]!;
  const variance = area * square - sum * sum;
  if (!(variance > 0)) return 0;
  const scale = Math.fround(1 / Math.sqrt(variance));
  return area * scale < 0.1 ? scale : 0;
}

function keyPointsOf({ x, y, width, height }: BoxXYWH): Detection['keypoints'] {
  const point = (u: number, v: number): [number, number] => [x + u * width, y + v * height];
  return [
    point(EYE_X, EYES_Y),
    point(1 - EYE_X, EYES_Y),
    point(0.5, NOSE_Y),
    point(0.5, MOUTH_Y),
    point(EAR_X, EYES_Y),
    point(1 - EAR_X, EYES_Y),
  ];
}
