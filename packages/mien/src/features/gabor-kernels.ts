/**
 * Gabor wavelets, and their factors along one axis of an image.
 *   ψ(z) = (‖k‖²/σ²)·e^(−‖k‖²‖z‖²/2σ²)·[e^(i k·z) − e^(−σ²/2)],  k = k_ν·(cos φ_μ, sin φ_μ),  k_ν = k_max/fᵛ,  φ_μ = πμ/8
 * Source: Liu & Wechsler 2002, eq. 1, with their k_max = π/2, f = √2, σ = 2π; Li & Deng 2019 cites it and states no
 * parameters. The envelope's standard deviation is s = σ/k_ν: 4, 5.7, 8, 11.3, 16 px.
 *
 * The envelope is isotropic and the wave plane, so that ψ is a product of one factor in x and one in y. The term
 * e^(−σ²/2) = 2.7·10⁻⁹, there to make a constant image give 0, does not factor; it is left out, and the image's mean
 * subtracted before, which does the same. Envelopes end at 5 s (3.7·10⁻⁶ of the peak).
 *
 * Shapes: n pixels along the axis, L points at which responses are wanted, F = 9 factors.
 */

export const GABOR_SCALES = 5;
export const GABOR_ORIENTATIONS = 8;
const K_MAX = Math.PI / 2;
const SPACING = Math.SQRT2;
const SIGMA = 2 * Math.PI;
const REACH = 5;

/** Length of the wave vector, radians a pixel. */
export function waveNumber(scale: number): number {
  return K_MAX / SPACING ** scale;
}

/** Standard deviation of the envelope, px. */
export function envelopeWidth(scale: number): number {
  return SIGMA / waveNumber(scale);
}

/**
 * Factors of one scale along one axis. With u the component of k along it, the eight orientations need
 * u = k_ν·cos(πj/8) for j = 0 … 4 only: others differ in sign, which conjugates.
 */
export interface AxisFactors {
  /** L. */
  readonly points: number;
  /** First pixel that reaches each point, [L], and the one after the last. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Where the factors of each point begin in `values`, [L]. */
  readonly offset: Int32Array;
  /** For each point, for each pixel from … to: F values, Re and Im for j = 0 … 3, then j = 4, which is real. */
  readonly values: Float64Array;
}
export const FACTORS = 9;

/**
 * The factor between point x and pixel p is (1/s)·e^(−(x−p)²/2s²)·e^(iu(x−p)). Beyond its ends the axis is mirrored,
 * edge pixels repeated (… 1 0 | 0 1 … n−1 | n−1 …): factors of mirrored pixels are added to those of the pixels
 * themselves.
 * @param pixels n   @param points L, spread evenly: point l lies at (l + ½)·n/L − ½, pixel p at p
 */
export function axisFactors(scale: number, pixels: number, points: number): AxisFactors {
  const k = waveNumber(scale);
  const s = envelopeWidth(scale);
  const reach = REACH * s;
  const rows: { from: number; to: number; values: Float64Array }[] = [];
  for (let l = 0; l < points; l++) {
    const x = ((l + 0.5) * pixels) / points - 0.5;
    const dense = new Float64Array(pixels * FACTORS);
    let [from, to] = [pixels, 0];
    for (let p = Math.ceil(x - reach); p <= x + reach; p++) {
      const pixel = mirrored(p, pixels);
      from = Math.min(from, pixel);
      to = Math.max(to, pixel + 1);
      const d = x - p;
      const envelope = Math.exp((-d * d) / (2 * s * s)) / s;
      for (let j = 0; j < 4; j++) {
        const phase = k * Math.cos((Math.PI * j) / GABOR_ORIENTATIONS) * d;
        dense[pixel * FACTORS + 2 * j]! += envelope * Math.cos(phase);
        dense[pixel * FACTORS + 2 * j + 1]! += envelope * Math.sin(phase);
      }
      dense[pixel * FACTORS + 8]! += envelope;
    }
    rows.push({ from, to, values: dense.subarray(from * FACTORS, to * FACTORS) });
  }
  const offset = new Int32Array(points);
  let length = 0;
  rows.forEach((row, l) => {
    offset[l] = length;
    length += row.values.length;
  });
  const values = new Float64Array(length);
  rows.forEach((row, l) => values.set(row.values, offset[l]));
  return {
    points,
    from: Int32Array.from(rows, (row) => row.from),
    to: Int32Array.from(rows, (row) => row.to),
    offset,
    values,
  };
}

function mirrored(p: number, pixels: number): number {
  const period = 2 * pixels;
  const q = ((p % period) + period) % period;
  return q < pixels ? q : period - 1 - q;
}
