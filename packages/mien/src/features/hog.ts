/**
 * Histograms of oriented gradients in blocks that do not overlap: 10×10-px blocks of 2×2 cells of 5×5 px, 10 bins,
 * as Li & Deng 2019, section V-A. Source: Dalal & Triggs 2005.
 * Shapes: 100×100 px → [10 rows of blocks, 10 columns, 2 rows of cells, 2 columns, 10 bins] = 4,000.
 */
import { checkGrid, grayOnGrid, type ImageFeature } from './image-feature.ts';

const CELL_PX = 5;
const BLOCK_CELLS = 2;
const BLOCK_PX = CELL_PX * BLOCK_CELLS;
const BINS = 10;
const BLOCK_LENGTH = BLOCK_CELLS * BLOCK_CELLS * BINS;

/** As in scikit-image; gradients are in grey levels of 0 … 255 a two-pixel step. */
const EPSILON = 1e-5;
/** Lowe's 0.2, which Dalal & Triggs take over. */
const CLIP = 0.2;

/** Directions of the edges between bins, 180°·k/10 for k = 1 … 9; the fifth is vertical exactly. */
const EDGE_COS = Float64Array.from({ length: BINS - 1 }, (_, k) =>
  2 * (k + 1) === BINS ? 0 : Math.cos((Math.PI * (k + 1)) / BINS),
);
const EDGE_SIN = Float64Array.from({ length: BINS - 1 }, (_, k) => Math.sin((Math.PI * (k + 1)) / BINS));

/**
 * Gradients are central differences, g = (I(x+1) − I(x−1), I(y+1) − I(y−1)), each 0 on the edge of the image that it
 * would cross. A pixel adds ‖g‖ to the bin ⌊θ/18°⌋ of its cell, θ = angle of g modulo 180° (unsigned), x towards y;
 * a cell is the mean over its 25 pixels. Each block v is normalised by L2-Hys:
 *   v ← v/√(‖v‖² + ε²),  v ← min(v, 0.2),  v ← v/√(‖v‖² + ε²)
 * Deviations from Dalal & Triggs: votes are not interpolated between bins and cells, there is no Gaussian window, and
 * blocks do not overlap; scikit-image's `hog` is the same at every second block. Li & Deng 2019 states neither the kind
 * of orientation nor the normalisation.
 * @example
 * ```ts
 * import { HOG } from 'mienjs/features';
 * import { rawImage } from 'mienjs/image';
 *
 * const face = rawImage(100, 100, 1, new Uint8Array(100 * 100));
 * HOG.extract(face).length; // → 4000
 * ```
 */
export const HOG: ImageFeature = {
  name: 'hog',
  size(image) {
    checkGrid('hog', image, BLOCK_PX);
    return (image.width / BLOCK_PX) * (image.height / BLOCK_PX) * BLOCK_LENGTH;
  },
  extract(image) {
    const { data, width, height } = grayOnGrid('hog', image, BLOCK_PX);
    const length = this.size({ width, height });
    const histograms = new Float64Array(length);
    const cellOfX = Int32Array.from({ length: width }, (_, x) => cellOffset(x, BLOCK_LENGTH, BINS));
    for (let y = 0, at = 0; y < height; y++) {
      const row = cellOffset(y, (width / BLOCK_PX) * BLOCK_LENGTH, BLOCK_CELLS * BINS);
      const vertical = y > 0 && y < height - 1;
      for (let x = 0; x < width; x++, at++) {
        const gx = x > 0 && x < width - 1 ? data[at + 1]! - data[at - 1]! : 0;
        const gy = vertical ? data[at + width]! - data[at - width]! : 0;
        histograms[row + cellOfX[x]! + orientationBin(gx, gy)]! += Math.sqrt(gx * gx + gy * gy);
      }
    }
    const out = new Float32Array(length);
    for (let at = 0; at < length; at += BLOCK_LENGTH) normalizeBlock(histograms, at, out);
    return out;
  },
};

/** Where the cell of a pixel begins, along one axis. */
function cellOffset(pixel: number, blockStep: number, cellStep: number): number {
  return Math.floor(pixel / BLOCK_PX) * blockStep + Math.floor((pixel % BLOCK_PX) / CELL_PX) * cellStep;
}

/** ⌊(angle mod 180°)/18°⌋ by cross products with the edges, which needs no arctangent. */
function orientationBin(gx: number, gy: number): number {
  const sign = gy < 0 || (gy === 0 && gx < 0) ? -1 : 1;
  const x = sign * gx;
  const y = sign * gy;
  let bin = 0;
  while (bin < BINS - 1 && EDGE_COS[bin]! * y - EDGE_SIN[bin]! * x >= 0) bin++;
  return bin;
}

function normalizeBlock(histograms: Float64Array, from: number, out: Float32Array): void {
  const to = from + BLOCK_LENGTH;
  let squares = 0;
  for (let i = from; i < to; i++) {
    histograms[i]! /= CELL_PX * CELL_PX;
    squares += histograms[i]! ** 2;
  }
  const norm = Math.sqrt(squares + EPSILON * EPSILON);
  squares = 0;
  for (let i = from; i < to; i++) {
    histograms[i] = Math.min(histograms[i]! / norm, CLIP);
    squares += histograms[i]! ** 2;
  }
  const clippedNorm = Math.sqrt(squares + EPSILON * EPSILON);
  for (let i = from; i < to; i++) out[i] = histograms[i]! / clippedNorm;
}
