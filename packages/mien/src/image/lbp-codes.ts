/**
 * Local binary patterns with 8 neighbours on a circle.
 * Source: Ojala, Pietikäinen & Mäenpää 2002. Shapes: H, W of the image, R the radius in px.
 */
import { ShapeError } from '../errors.ts';
import { toGray } from './color.ts';
import type { RawImage } from './raw-image.ts';

/**
 * Interpolation weights are whole numbers of 10⁻⁵, so that all sums below are exact and a tie is a tie on every
 * machine.
 */
const UNIT = 1e5;

/**
 * The code of every pixel:
 *   LBP(x, y) = Σₚ 2ᵖ·[ g(x + R cos(πp/4), y − R sin(πp/4)) ≥ g(x, y) ],  p = 0 … 7
 * so that bit 0 is the neighbour on the right and bits run counter-clockwise as displayed. g is interpolated bilinearly
 * between pixel centres, with R/√2 rounded to 5 decimals, and is 0 beyond the image; this is scikit-image's
 * `local_binary_pattern(image, 8, R)`. Deviation: its float64 interpolation lets rounding decide
 * some ties, as on ramps; here sums are exact, and a neighbour that equals the centre sets its bit.
 * Codes are unchanged under v → a·v + b with a > 0 wherever the circle lies within the image.
 * @param radius R, a positive whole number
 * @returns uint8 [H·W], row-major
 * @throws {ShapeError} when the radius is not a positive whole number
 */
export function lbpCodes(image: RawImage, radius: number): Uint8Array {
  if (!Number.isInteger(radius) || radius < 1)
    throw new ShapeError('lbpCodes', `radius: expected a positive whole number of pixels, got ${radius}`);
  const { data, width, height } = toGray(image);
  const stride = width + 2 * radius;
  const padded = new Float64Array(stride * (height + 2 * radius));
  for (let y = 0; y < height; y++)
    padded.set(data.subarray(y * width, (y + 1) * width), (y + radius) * stride + radius);

  // A diagonal neighbour lies between four pixels: one at (near, near), two at (near, far), one at (far, far).
  const diagonal = Math.round(radius * Math.SQRT1_2 * UNIT);
  const near = Math.floor(diagonal / UNIT);
  const far = near + 1;
  const farWeight = diagonal - near * UNIT;
  const nearWeight = UNIT - farWeight;
  const [nn, nf, ff] = [nearWeight * nearWeight, nearWeight * farWeight, farWeight * farWeight];
  /** Offsets from the centre of the four pixels around the neighbour towards (sx, sy). */
  const around = (sx: number, sy: number): [number, number, number, number] => [
    sx * near + sy * near * stride,
    sx * far + sy * near * stride,
    sx * near + sy * far * stride,
    sx * far + sy * far * stride,
  ];
  const [a0, a1, a2, a3] = around(1, -1);
  const [b0, b1, b2, b3] = around(-1, -1);
  const [c0, c1, c2, c3] = around(-1, 1);
  const [d0, d1, d2, d3] = around(1, 1);
  const down = radius * stride;

  const codes = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, i = (y + radius) * stride + radius; x < width; x++, i++, at++) {
      const center = padded[i]!;
      const scaled = center * UNIT * UNIT;
      codes[at] =
        (padded[i + radius]! >= center ? 1 : 0) |
        (nn * padded[i + a0]! + nf * (padded[i + a1]! + padded[i + a2]!) + ff * padded[i + a3]! >= scaled ? 2 : 0) |
        (padded[i - down]! >= center ? 4 : 0) |
        (nn * padded[i + b0]! + nf * (padded[i + b1]! + padded[i + b2]!) + ff * padded[i + b3]! >= scaled ? 8 : 0) |
        (padded[i - radius]! >= center ? 16 : 0) |
        (nn * padded[i + c0]! + nf * (padded[i + c1]! + padded[i + c2]!) + ff * padded[i + c3]! >= scaled ? 32 : 0) |
        (padded[i + down]! >= center ? 64 : 0) |
        (nn * padded[i + d0]! + nf * (padded[i + d1]! + padded[i + d2]!) + ff * padded[i + d3]! >= scaled ? 128 : 0);
    }
  }
  return codes;
}
