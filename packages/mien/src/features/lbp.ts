/**
 * Histograms of uniform local binary patterns on a grid: LBP u2(8,2), 59 bins, 10×10-px cells, as Li & Deng 2019,
 * section V-A. Sources: Ahonen, Hadid & Pietikäinen 2006; Shan, Gong & McOwan 2009 for expressions.
 * Shapes: 100×100 px → [10 rows of cells, 10 columns, 59 bins] = 5,900.
 */
import { lbpCodes } from '../image/lbp-codes.ts';
import { checkGrid, grayOnGrid, type ImageFeature } from './image-feature.ts';

/** 58 uniform patterns, and one bin for all others. */
export const LBP_BINS = 59;
const RADIUS = 2;
const CELL_PX = 10;

/**
 * The bin of each code. A pattern is uniform when its 8 bits, taken as a circle, change at most twice: then its n ones
 * are one run, which begins at bit s (a one after a zero). In scikit-image's order (`nri_uniform`):
 *   bin = 0 without ones,  1 + 8(n − 1) + (−s mod 8) with n = 1 … 7,  57 with eight ones,  58 where not uniform.
 */
export const UNIFORM_BINS: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  const bit = (i: number): number => (code >> (i & 7)) & 1;
  let [ones, runs, start] = [0, 0, 0];
  for (let i = 0; i < 8; i++) {
    ones += bit(i);
    if (bit(i) === 1 && bit(i + 7) === 0) {
      runs++;
      start = i;
    }
  }
  if (runs > 1) return 58;
  if (runs === 0) return ones === 0 ? 0 : 57;
  return 1 + 8 * (ones - 1) + ((8 - start) & 7);
});

/**
 * The share of each cell's pixels in each bin, row-major, so that the 59 numbers of a cell sum to 1.
 * Neighbours beyond a cell are the image's own, beyond the image 0 (see image/lbp-codes.ts). Li & Deng 2019 leaves the border
 * and the scale of the histograms open.
 * @example
 * ```ts
 * import { LBP } from 'mienjs/features';
 * import { rawImage } from 'mienjs/image';
 *
 * const face = rawImage(100, 100, 1, new Uint8Array(100 * 100));
 * LBP.extract(face).length; // → 5900
 * ```
 */
export const LBP: ImageFeature = {
  name: 'lbp',
  size(image) {
    checkGrid('lbp', image, CELL_PX);
    return (image.width / CELL_PX) * (image.height / CELL_PX) * LBP_BINS;
  },
  extract(image) {
    const gray = grayOnGrid('lbp', image, CELL_PX);
    const codes = lbpCodes(gray, RADIUS);
    const { width, height } = gray;
    const cellOfX = Int32Array.from({ length: width }, (_, x) => Math.floor(x / CELL_PX) * LBP_BINS);
    const out = new Float32Array(this.size(gray));
    const rowLength = (width / CELL_PX) * LBP_BINS;
    for (let y = 0, at = 0; y < height; y++) {
      const row = Math.floor(y / CELL_PX) * rowLength;
      for (let x = 0; x < width; x++, at++) out[row + cellOfX[x]! + UNIFORM_BINS[codes[at]!]!]!++;
    }
    for (let i = 0; i < out.length; i++) out[i]! /= CELL_PX * CELL_PX;
    return out;
  },
};
