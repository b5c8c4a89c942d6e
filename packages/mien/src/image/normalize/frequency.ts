/**
 * Normalizations that take away slow changes of brightness, as light makes them, and keep quick ones, as skin does:
 * between two Gaussians, in the discrete cosine transform, in the Fourier transform, and by smoothing.
 * Parameters as in the INFace toolbox (Štruc & Pavešić 2011) where a paper leaves them open.
 */
import type { HeightWidth } from '../raw-image.ts';
import { filtered, gaussianWeights, MIDDLE, stretched, stretchedWithout, symmetric } from './plane.ts';

/**
 * Difference of Gaussians (Tan & Triggs 2010): G(σ₁) ∗ x − G(σ₂) ∗ x, without 0.2 % of the pixels at each end,
 * stretched. It is meant to come after `gamma` or `logarithm`.
 */
export function differenceOfGaussians(
  plane: Float32Array,
  size: HeightWidth,
  { inner, outer }: { readonly inner: number; readonly outer: number },
): Float32Array {
  const blurred = [inner, outer].map((sigma) =>
    filtered(plane, size, gaussianWeights(sigma, Math.ceil(3 * sigma)), 'replicate'),
  ) as [Float32Array, Float32Array];
  return stretchedWithout(
    blurred[0].map((value, i) => value - blurred[1][i]!),
    0.2,
  );
}

/**
 * Discrete cosine transform (Chen, Er & Wu 2006): in the logarithm of the image, stretched to 0 … 255, the constant
 * becomes that of an image of brightness log(mean + 10), and the slowest other coefficients, in zigzag order, become 0.
 * Then as `differenceOfGaussians` at 0.2 %.
 * @param perPixel coefficients that become 0, as a share of the pixels: 50 of 128×128 by default
 */
export function withoutSlowCosines(plane: Float32Array, size: HeightWidth, perPixel: number): Float32Array {
  const { height, width } = size;
  const log = stretched(plane.map((value) => Math.log(Math.max(0, value) + 1)));
  const coefficients = transform(log, size, cosines);
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length;
  const count = Math.min(plane.length - 1, Math.round(perPixel * plane.length));
  zigzag(size, count + 1).forEach((place, i) => {
    coefficients[place] = i === 0 ? Math.log(Math.max(0, mean) + 10) * Math.sqrt(height * width) : 0;
  });
  return stretchedWithout(Float32Array.from(transform(coefficients, size, transposedCosines)), 0.2);
}

/** The first places of a matrix by diagonals, as JPEG has them: (0,0), (0,1), (1,0), (2,0), … */
function zigzag({ height, width }: HeightWidth, count: number): number[] {
  const places: number[] = [];
  for (let diagonal = 0; places.length < count && diagonal < height + width - 1; diagonal++) {
    const rows: number[] = [];
    for (let row = Math.max(0, diagonal - width + 1); row <= Math.min(diagonal, height - 1); row++) rows.push(row);
    if (diagonal % 2 === 0) rows.reverse();
    for (const row of rows) if (places.length < count) places.push(row * width + diagonal - row);
  }
  return places;
}

/**
 * Homomorphic filter (Oppenheim et al. 1968): light times reflectance is a sum in the logarithm, where a high-boost
 * Butterworth filter of order 2 lowers what is slow to 1/boost:
 *   H = (1 − 1/boost) (1 − 1/(1 + (f/cutoff)⁴)) + 1/boost,  f in cycles a pixel
 * Then as `differenceOfGaussians` at 0.2 %. The image is taken as periodic.
 */
export function homomorphic(
  plane: Float32Array,
  size: HeightWidth,
  { boost, cutoff }: { readonly boost: number; readonly cutoff: number },
): Float32Array {
  const { height, width } = size;
  const log = plane.map((value) => Math.log(Math.max(0, value) / 255 + 0.01));
  // For a real image and a filter that is the same in all directions, Hartley's real transform serves as Fourier's
  const spectrum = hartley(log, size);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const f = Math.hypot(Math.min(u, width - u) / width, Math.min(v, height - v) / height);
      const high = 1 - 1 / (1 + (f / cutoff) ** 4);
      spectrum[v * width + u]! *= (1 - 1 / boost) * high + 1 / boost;
    }
  }
  const back = hartley(spectrum, size).map((value) => value / (height * width));
  return stretchedWithout(
    Float32Array.from(back, (value) => Math.exp(value)),
    0.2,
  );
}

/** Σ x cas(2π u i/W) cas(2π v j/H): its own inverse but for the factor H·W. */
const hartley = (plane: ArrayLike<number>, size: HeightWidth): Float64Array => transform(plane, size, cas);

/** Pixels that isotropic smoothing mirrors beyond the border. */
const PAD = 3;

/**
 * Isotropic smoothing (Gross & Brajovic 2003, with the same smoothing everywhere): the light L is the image, smoothed
 * by
 *   (1 + 4λ) L − λ (sum of the four neighbors) = x,  beyond the padded border L = 0,
 * and the result is x / L, without 0.4 % of the pixels at each end, stretched. Exact, by the sine transform, which
 * diagonalizes the system.
 */
export function isotropicSmoothing(plane: Float32Array, { height, width }: HeightWidth, lambda: number): Float32Array {
  const size = { height: height + 2 * PAD, width: width + 2 * PAD };
  const unit = stretched(plane).map((value) => value / 255 + 0.001);
  const padded = new Float64Array(size.height * size.width);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++)
      padded[y * size.width + x] = unit[symmetric(y - PAD, height) * width + symmetric(x - PAD, width)]!;
  const spectrum = transform(padded, size, sines);
  const slope = (i: number, length: number): number => 2 - 2 * Math.cos((Math.PI * (i + 1)) / (length + 1));
  for (let v = 0; v < size.height; v++)
    for (let u = 0; u < size.width; u++)
      spectrum[v * size.width + u]! /= 1 + lambda * (slope(u, size.width) + slope(v, size.height));
  const light = transform(spectrum, size, sines);
  const reflectance = unit.map((value, i) => {
    const place = (Math.floor(i / width) + PAD) * size.width + (i % width) + PAD;
    return value / Math.max(1e-8, light[place]!);
  });
  return isConstant(plane) ? plane.map(() => MIDDLE) : stretchedWithout(reflectance, 0.4);
}

const isConstant = (plane: Float32Array): boolean => plane.every((value) => value === plane[0]);

/** Row k, column i of an n×n transform. */
type Kernel = (k: number, i: number, n: number) => number;
const cosines: Kernel = (k, i, n) => Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * (2 * i + 1) * k) / (2 * n));
const transposedCosines: Kernel = (k, i, n) => cosines(i, k, n);
const sines: Kernel = (k, i, n) => Math.sqrt(2 / (n + 1)) * Math.sin((Math.PI * (k + 1) * (i + 1)) / (n + 1));
const cas: Kernel = (k, i, n) => {
  const angle = (2 * Math.PI * ((k * i) % n)) / n;
  return Math.cos(angle) + Math.sin(angle);
};

/** Matrices of the transforms in use, by kernel and size. */
const matrices = new Map<Kernel, Map<number, Float64Array>>();

function matrixOf(kernel: Kernel, n: number): Float64Array {
  const sizes = matrices.get(kernel) ?? new Map<number, Float64Array>();
  matrices.set(kernel, sizes);
  let matrix = sizes.get(n);
  if (!matrix) {
    matrix = Float64Array.from({ length: n * n }, (_, at) => kernel(Math.floor(at / n), at % n, n));
    sizes.set(n, matrix);
  }
  return matrix;
}

/** A transform along rows and columns: A_H · X · A_Wᵀ. */
function transform(plane: ArrayLike<number>, { height, width }: HeightWidth, kernel: Kernel): Float64Array {
  const [rows, columns] = [matrixOf(kernel, height), matrixOf(kernel, width)];
  const half = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let u = 0; u < width; u++) {
      let sum = 0;
      for (let x = 0; x < width; x++) sum += plane[y * width + x]! * columns[u * width + x]!;
      half[y * width + u] = sum;
    }
  }
  const out = new Float64Array(height * width);
  for (let v = 0; v < height; v++) {
    for (let y = 0; y < height; y++) {
      const weight = rows[v * height + y]!;
      for (let u = 0; u < width; u++) out[v * width + u]! += weight * half[y * width + u]!;
    }
  }
  return out;
}
