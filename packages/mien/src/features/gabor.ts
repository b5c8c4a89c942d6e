/**
 * Magnitudes of Gabor wavelet responses: 5 scales × 8 orientations, each map brought to 10×10, as Li & Deng 2019,
 * section V-A. Wavelets: gabor-kernels.ts. Shapes: any image whose sides 10 divides → [5 scales, 8 orientations, 10,
 * 10] = 4,000. H, W of the image; L points a row (or M rows of points) at which responses are computed.
 */
import type { RawImage } from '../image/index.ts';
import {
  axisFactors,
  envelopeWidth,
  FACTORS,
  GABOR_ORIENTATIONS,
  GABOR_SCALES,
  type AxisFactors,
} from './gabor-kernels.ts';
import { checkGrid, grayOnGrid, type ImageFeature } from './image-feature.ts';

const GRID = 10;
const MAP = GRID * GRID;
/** Points lie at most half an envelope's standard deviation apart: |response| hardly changes between them. */
const POINTS_PER_DEVIATION = 2;

/**
 *   f(ν, μ, block) = mean over the block of |(I/255) ∗ ψ_ν,μ|
 * on a grid of 10×10 blocks. The image is mirrored at its edges. The mean is over n×n points spread evenly over the
 * block, n = ⌈side/(s/2)⌉ for an envelope of deviation s px: 5, 4, 3, 2, 2 at 100×100 px. From the mean over all pixels
 * it differs by 0.3 to 0.9 % of the scale's mean, and by 1.5 % of the scale's largest at most (measured in
 * features.test.ts). Deviations: Liu & Wechsler take every ρ-th response and bring each map to mean 0 and variance 1,
 * which is left to what scales features for a classifier; Li & Deng 2019 says only that maps are down-sampled.
 */
export const GABOR: ImageFeature = {
  name: 'gabor',
  size(image) {
    checkGrid('gabor', image, GRID);
    return GABOR_SCALES * GABOR_ORIENTATIONS * MAP;
  },
  extract(image) {
    const gray = grayOnGrid('gabor', image, GRID);
    const { width, height } = gray;
    const pixels = centeredPixels(gray);
    const out = new Float64Array(this.size(gray));
    for (let scale = 0; scale < GABOR_SCALES; scale++) {
      const along = factorsFor(scale, width);
      const down = factorsFor(scale, height);
      const rows = rowResponses(pixels, width, height, along);
      addMagnitudes(rows, height, along.points, down, out.subarray(scale * GABOR_ORIENTATIONS * MAP));
    }
    return Float32Array.from(out);
  },
};

/** v/255 less its mean. */
function centeredPixels({ data }: RawImage): Float64Array {
  let sum = 0;
  for (const value of data) sum += value;
  const mean = sum / data.length;
  return Float64Array.from(data, (value) => (value - mean) / 255);
}

const factorsOf = new Map<string, AxisFactors>();

/** Computed once for each scale and length of an axis. */
function factorsFor(scale: number, pixels: number): AxisFactors {
  const key = `${scale}/${pixels}`;
  let factors = factorsOf.get(key);
  if (factors === undefined) {
    const perBlock = Math.ceil((POINTS_PER_DEVIATION * pixels) / GRID / envelopeWidth(scale) - 1e-9);
    factors = axisFactors(scale, pixels, GRID * perBlock);
    factorsOf.set(key, factors);
  }
  return factors;
}

/** @returns [F, L, H]: each image row with each factor, at each of the L points of the row */
function rowResponses(
  pixels: Float64Array,
  width: number,
  height: number,
  { points, from, to, offset, values }: AxisFactors,
): Float64Array {
  const out = new Float64Array(FACTORS * points * height);
  const plane = points * height;
  for (let l = 0; l < points; l++) {
    const [first, last, start] = [from[l]!, to[l]!, offset[l]!];
    for (let y = 0; y < height; y++) {
      let [s0, s1, s2, s3, s4, s5, s6, s7, s8] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
      const end = y * width + last;
      for (let i = y * width + first, v = start; i < end; i++, v += FACTORS) {
        const pixel = pixels[i]!;
        s0 += pixel * values[v]!;
        s1 += pixel * values[v + 1]!;
        s2 += pixel * values[v + 2]!;
        s3 += pixel * values[v + 3]!;
        s4 += pixel * values[v + 4]!;
        s5 += pixel * values[v + 5]!;
        s6 += pixel * values[v + 6]!;
        s7 += pixel * values[v + 7]!;
        s8 += pixel * values[v + 8]!;
      }
      const at = l * height + y;
      out[at] = s0;
      out[at + plane] = s1;
      out[at + 2 * plane] = s2;
      out[at + 3 * plane] = s3;
      out[at + 4 * plane] = s4;
      out[at + 5 * plane] = s5;
      out[at + 6 * plane] = s6;
      out[at + 7 * plane] = s7;
      out[at + 8 * plane] = s8;
    }
  }
  return out;
}

/**
 * Columns: joins row and column factors into responses, and adds the magnitudes' means to the maps. Orientation μ has
 * factor j = μ along x and 4 − μ along y; 8 − μ has the conjugate along x. So with a along x and b along y,
 *   Re, Im of orientation μ: aᵣbᵣ − aᵢbᵢ, aᵣbᵢ + aᵢbᵣ;  of 8 − μ: aᵣbᵣ + aᵢbᵢ, aᵣbᵢ − aᵢbᵣ
 * @param rows [F, L, H]   @param maps [8, 10, 10], added to
 */
function addMagnitudes(
  rows: Float64Array,
  height: number,
  across: number,
  down: AxisFactors,
  maps: Float64Array,
): void {
  const plane = across * height;
  const [perColumn, perRow] = [across / GRID, down.points / GRID];
  const weight = 1 / (perColumn * perRow);
  const { values } = down;
  for (let m = 0; m < down.points; m++) {
    const [first, last, start] = [down.from[m]!, down.to[m]!, down.offset[m]!];
    for (let l = 0; l < across; l++) {
      const block = Math.floor(m / perRow) * GRID + Math.floor(l / perColumn);
      const begin = l * height + first;
      const end = l * height + last;
      // μ = 0: the wave runs along x, its factor along y is the envelope. μ = 4: the other way round.
      let [re0, im0, re4, im4] = [0, 0, 0, 0];
      for (let i = begin, v = start; i < end; i++, v += FACTORS) {
        const envelope = values[v + 8]!;
        const smooth = rows[i + 8 * plane]!;
        re0 += rows[i]! * envelope;
        im0 += rows[i + plane]! * envelope;
        re4 += smooth * values[v]!;
        im4 += smooth * values[v + 1]!;
      }
      maps[block]! += weight * Math.sqrt(re0 * re0 + im0 * im0);
      maps[4 * MAP + block]! += weight * Math.sqrt(re4 * re4 + im4 * im4);
      for (let mu = 1; mu < 4; mu++) {
        const real = 2 * mu * plane;
        let [rr, ii, ri, ir] = [0, 0, 0, 0];
        for (let i = begin + real, v = start + 2 * (4 - mu); i < end + real; i++, v += FACTORS) {
          const aReal = rows[i]!;
          const aImaginary = rows[i + plane]!;
          const bReal = values[v]!;
          const bImaginary = values[v + 1]!;
          rr += aReal * bReal;
          ii += aImaginary * bImaginary;
          ri += aReal * bImaginary;
          ir += aImaginary * bReal;
        }
        const [re, im] = [rr - ii, ri + ir];
        const [reMirror, imMirror] = [rr + ii, ri - ir];
        maps[mu * MAP + block]! += weight * Math.sqrt(re * re + im * im);
        maps[(8 - mu) * MAP + block]! += weight * Math.sqrt(reMirror * reMirror + imMirror * imMirror);
      }
    }
  }
}
