/** Sums over the rectangles of an image in four reads each, however large they are. */
import type { HeightWidth, RawImage } from '../../image/index.ts';

export interface WindowSums {
  /** Values a row: the image's width + 1. */
  readonly stride: number;
  /** int32 [H+1,W+1]: at (x, y) the sum of the pixels above and left of it. */
  readonly sums: Int32Array;
  /** float64, the same of squares. */
  readonly squares: Float64Array;
  /** int32, the sum of the pixels within the cone above (x, y): |column − x| ≤ row distance. Where it was asked for. */
  readonly tilted: Int32Array | undefined;
}

/**
 * Sums of large images run over 2³¹; differences of them, taken as int32 (`| 0`), are right all the same, as those of a
 * window are small.
 * @param image grey
 */
export function windowSums(image: RawImage, withTilted: boolean): WindowSums {
  const { width, height, data } = image;
  const stride = width + 1;
  const sums = new Int32Array(stride * (height + 1));
  const squares = new Float64Array(sums.length);
  for (let y = 0, at = 0; y < height; y++) {
    let [row, rowSquares] = [0, 0];
    for (let x = 0, to = (y + 1) * stride + 1; x < width; x++, at++, to++) {
      const value = data[at]!;
      row += value;
      rowSquares += value * value;
      sums[to] = sums[to - stride]! + row;
      squares[to] = squares[to - stride]! + rowSquares;
    }
  }
  return { stride, sums, squares, tilted: withTilted ? tiltedSums(image) : undefined };
}

/**
 * T(x, y) of the pixels (i, j) with j < y and |i − x + ½| < y − j, as Lienhart & Maydt's rotated table of sums, with
 * T(x, y) = T(x−1, y−1) + T(x+1, y−1) − T(x, y−2) + I(x−1, y−1) + I(x, y−1) … taken from a wider table, so that cones
 * that leave the image at its sides are whole.
 */
function tiltedSums({ width, height, data }: RawImage): Int32Array {
  const stride = width + 1;
  const out = new Int32Array(stride * (height + 1));
  // Columns −height … width + height, and one more on each side
  const margin = height + 1;
  const wide = stride + 2 * margin;
  const pixel = (x: number, y: number): number => (x >= 0 && x < width && y >= 0 ? data[y * width + x]! : 0);
  let [before, last] = [new Int32Array(wide), new Int32Array(wide)];
  for (let y = 1; y <= height; y++) {
    const row = new Int32Array(wide);
    for (let at = 1; at < wide - 1; at++) {
      const x = at - margin;
      row[at] = last[at - 1]! + last[at + 1]! - before[at]! + pixel(x - 1, y - 1) + pixel(x - 1, y - 2);
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = row[x + margin]!;
    [before, last] = [last, row];
  }
  return out;
}

/**
 * The image at a smaller size, each pixel of it blended of the four nearest, in fixed point with 8 fractional bits a
 * weight: OpenCV's `INTER_LINEAR_EXACT`, which its cascades see.
 * @param image grey
 */
export function shrink(image: RawImage, size: HeightWidth): Uint8Array {
  const { width, height, data } = image;
  const across = blends(width, size.width);
  const down = blends(height, size.height);
  const out = new Uint8Array(size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    const [top, bottom, below] = [down.from[y]! * width, down.to[y]! * width, down.weight[y]!];
    for (let x = 0; x < size.width; x++, at++) {
      const [left, right, beside] = [across.from[x]!, across.to[x]!, across.weight[x]!];
      const upper = (256 - beside) * data[top + left]! + beside * data[top + right]!;
      const lower = (256 - beside) * data[bottom + left]! + beside * data[bottom + right]!;
      out[at] = ((256 - below) * upper + below * lower + 0x8000) >> 16;
    }
  }
  return out;
}

interface Blends {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Of `to`, in 256ths. */
  readonly weight: Int32Array;
}

function blends(size: number, to: number): Blends {
  const result = { from: new Int32Array(to), to: new Int32Array(to), weight: new Int32Array(to) };
  for (let i = 0; i < to; i++) {
    const place = ((i + 0.5) * size) / to - 0.5;
    const from = Math.floor(place);
    result.from[i] = Math.min(Math.max(from, 0), size - 1);
    result.to[i] = Math.min(Math.max(from + 1, 0), size - 1);
    result.weight[i] = roundHalfEven((place - from) * 256);
  }
  return result;
}

/** To the nearest whole number, halves to the even one, as OpenCV's `cvRound`. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
