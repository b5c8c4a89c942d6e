/**
 * Occlusion saliency: which parts of an image a classifier's decision rests on, found by covering them.
 * Sources: Minaee & Abdolrashidi 2019 ("the important regions"), which counts wrong decisions; Zeiler & Fergus
 * 2014 (arXiv:1311.2901, section 4.2), which measures the fall of the class's probability.
 *
 * Shape legend: B windows of a batch, C channels, H height, W width, K classes. N is the window's side, s the stride.
 */
import { ShapeError } from '../errors.ts';
import { argMax } from '../tensor/arg-max.ts';
import { tensor, type Tensor } from '../tensor/index.ts';

/** A classifier: x [B,C,H,W] → probabilities [B,K], row-major. */
export type Classify = (x: Tensor<'float32'>) => Promise<ArrayLike<number>>;

export const OCCLUSION_METHODS = ['drop', 'flip'] as const;
/** `drop`: fall of the class's probability; `flip`: share of windows that change the decision. */
export type OcclusionMethod = (typeof OCCLUSION_METHODS)[number];

export interface OcclusionOptions {
  /** [C] what covered pixels become, in the units of x. */
  readonly fill: readonly number[];
  /** The class y to explain; the classifier's decision when absent. */
  readonly classIndex?: number;
  /** Side N of the square window, px; default round(W/4). */
  readonly window?: number;
  /** Stride s, px; default round(W/16). */
  readonly stride?: number;
  /** Windows that are classified at once; default 64. */
  readonly batchSize?: number;
}

export interface OcclusionMaps {
  readonly width: number;
  readonly height: number;
  /** [H,W] by method, row-major; NaN at pixels that no window covers (only with a stride above the window's side). */
  readonly maps: Readonly<Record<OcclusionMethod, Float64Array>>;
  readonly classIndex: number;
  /** [K] of the uncovered image. */
  readonly probabilities: readonly number[];
  readonly window: number;
  readonly stride: number;
  readonly windowCount: number;
}

/**
 * Covers the image with a window at each position and maps what that does to class y:
 *   flip(p) = #{w ∋ p : argmax p(x_w) ≠ y} / #{w ∋ p}          in [0, 1]
 *   drop(p) = mean over w ∋ p of p_y(x) − p_y(x_w)              in [−1, 1]
 * where x_w is x with window w filled. Windows start at 0, s, 2s, … in rows and columns, from the top left; where the
 * last one would leave pixels at the right or lower edge uncovered, one more is placed flush with that edge.
 * Deviations from Minaee & Abdolrashidi 2019: it gives neither N nor s, and calls a region important when one window
 * flips the decision; counting the share of windows keeps overlapping windows from blurring that.
 * @param x [1,C,H,W]
 * @throws {ShapeError} when x holds no single image, or an option does not fit it
 * @example
 * ```ts
 * import { occlude } from 'mienjs/explain';
 * import { float32 } from 'mienjs/tensor';
 *
 * // A classifier that looks at the first pixel only: covering it, and nothing else, costs all of the probability
 * const x = float32([1, 1, 2, 2], [1, 0, 0, 0]);
 * const classify = async ({ dims, data }: typeof x): Promise<number[]> =>
 *   Array.from({ length: dims[0]! }, (_, b) => data[b * 4]!).flatMap((p) => [p, 1 - p]);
 * const { maps } = await occlude(x, classify, { fill: [0], window: 1, stride: 1 });
 * [...maps.drop]; // → [1, 0, 0, 0]
 * ```
 */
export async function occlude(
  x: Tensor<'float32'>,
  classify: Classify,
  options: OcclusionOptions,
): Promise<OcclusionMaps> {
  const [count, channels, height, width] = x.dims as [number, number, number, number];
  if (x.dims.length !== 4 || count !== 1)
    throw new ShapeError('occlude', `x: expected [1,C,H,W], got [${x.dims.join(',')}]`);
  const window = options.window ?? Math.max(1, Math.round(width / 4));
  const stride = options.stride ?? Math.max(1, Math.round(width / 16));
  const batchSize = options.batchSize ?? 64;
  if (!Number.isInteger(window) || window < 1 || window > Math.min(width, height)) {
    throw new ShapeError(
      'occlude',
      `window: expected a whole number from 1 to ${Math.min(width, height)} (the image is ${width}×${height}), got ${window}`,
    );
  }
  if (!Number.isInteger(stride) || stride < 1)
    throw new ShapeError('occlude', `stride: expected a whole number from 1, got ${stride}`);
  if (options.fill.length !== channels)
    throw new ShapeError('occlude', `fill: expected ${channels} values, one a channel, got ${options.fill.length}`);

  const probabilities = Array.from(await classify(x));
  const K = probabilities.length;
  const classIndex = options.classIndex ?? argMax(probabilities);
  if (probabilities[classIndex] === undefined)
    throw new ShapeError('occlude', `classIndex: expected 0 … ${K - 1}, got ${classIndex}`);

  const corners = windowStarts(height, window, stride).flatMap((top) =>
    windowStarts(width, window, stride).map((left) => ({ top, left })),
  );
  const covered = new Float64Array(height * width);
  const maps = { drop: new Float64Array(height * width), flip: new Float64Array(height * width) };
  for (let start = 0; start < corners.length; start += batchSize) {
    const part = corners.slice(start, start + batchSize);
    const results = await classify(coverWindows(x, part, window, options.fill)); // [B,K]
    part.forEach(({ top, left }, i) => {
      const drop = probabilities[classIndex]! - results[i * K + classIndex]!;
      const flip = argMax(results, i * K, K) === classIndex ? 0 : 1;
      for (let row = top; row < top + window; row++) {
        for (let p = row * width + left; p < row * width + left + window; p++) {
          covered[p]!++;
          maps.drop[p]! += drop;
          maps.flip[p]! += flip;
        }
      }
    });
  }
  for (const map of Object.values(maps))
    map.forEach((sum, p) => {
      map[p] = sum / covered[p]!;
    }); // 0/0 = NaN: never covered
  return { width, height, maps, classIndex, probabilities, window, stride, windowCount: corners.length };
}

/** The upper left corner of a window, px. */
export interface WindowCorner {
  readonly top: number;
  readonly left: number;
}

/**
 * Copies of an image, each with a window covered.
 * @param x [1,C,H,W]   @param fill [C]   @returns [B,C,H,W], a copy for each corner
 */
export function coverWindows(
  x: Tensor<'float32'>,
  corners: readonly WindowCorner[],
  window: number,
  fill: readonly number[],
): Tensor<'float32'> {
  const [, channels, height, width] = x.dims as [number, number, number, number];
  const covered = new Float32Array(corners.length * x.data.length);
  corners.forEach(({ top, left }, i) => {
    const image = covered.subarray(i * x.data.length, (i + 1) * x.data.length);
    image.set(x.data);
    fill.forEach((value, c) => {
      for (let row = top; row < top + window; row++) {
        const at = (c * height + row) * width + left;
        image.fill(value, at, at + window);
      }
    });
  });
  return tensor('float32', [corners.length, channels, height, width], covered);
}

/** Corners of `across`² windows, evenly from one edge to the other. */
export function evenCorners(
  { width, height }: { readonly width: number; readonly height: number },
  window: number,
  across: number,
): WindowCorner[] {
  const starts = (length: number): number[] =>
    Array.from({ length: across }, (_, i) =>
      Math.round(across === 1 ? (length - window) / 2 : (i * (length - window)) / (across - 1)),
    );
  return starts(height).flatMap((top) => starts(width).map((left) => ({ top, left })));
}

/**
 * How few pixels a map is made of (Hoyer, Non-negative matrix factorization with sparseness constraints, JMLR 5, 2004): (√n − ‖v‖₁/‖v‖₂)/(√n − 1), of the values above 0; 0 where all are equal, 1
 * where one stands alone, NaN where none is above 0.
 */
export function sparsity(values: ArrayLike<number>): number {
  let [sum, squares, n] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    n++;
    if (value <= 0) continue;
    sum += value;
    squares += value * value;
  }
  return (Math.sqrt(n) - sum / Math.sqrt(squares)) / (Math.sqrt(n) - 1);
}

/** Where windows start along a side: 0, s, 2s, …, and flush with the end if pixels there are left over. */
function windowStarts(length: number, window: number, stride: number): number[] {
  const starts: number[] = [];
  for (let start = 0; start + window <= length; start += stride) starts.push(start);
  if (starts.at(-1)! + window < length) starts.push(length - window);
  return starts;
}

/**
 * What occlusion may paint: black as in Minaee & Abdolrashidi 2019, or the mean of the training pixels, which is the
 * less unusual input.
 */
export const OCCLUSION_FILLS = ['zero', 'mean'] as const;
export type OcclusionFill = (typeof OCCLUSION_FILLS)[number];

/**
 * The fill in the units of a normalised input (pixels/255 − mean)/std: `zero` is pixel value 0, that is −mean/std;
 * `mean` is 0.
 * @returns [C]
 */
export function occlusionFill(
  fill: OcclusionFill,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): number[] {
  return mean.map((m, c) => (fill === 'zero' ? -m / std[c]! : 0));
}
