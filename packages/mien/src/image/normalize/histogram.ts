/** Normalizations by histogram. */
import type { HeightWidth } from '../raw-image.ts';
import { stretched } from './plane.ts';

const LEVELS = 256;

/** 8-bit level of a value. */
const levelOf = (value: number): number => Math.min(LEVELS - 1, Math.max(0, Math.round(value)));

/**
 * Histogram equalization: level v becomes 255 (C(v) − C(v₀)) / (N − C(v₀)), rounded, with C the number of pixels up to
 * a level and v₀ the lowest that occurs. The levels then occur about equally often. A constant plane stays.
 * The same values as OpenCV's equalizeHist.
 */
export function equalizeHistogram(plane: Float32Array): Float32Array {
  const counts = new Uint32Array(LEVELS);
  for (const value of plane) counts[levelOf(value)]!++;
  const lowest = counts.findIndex((count) => count > 0);
  const rest = plane.length - (counts[lowest] ?? 0);
  if (rest <= 0) return plane.slice();
  const table = new Float32Array(LEVELS);
  let sum = 0;
  for (let level = lowest + 1; level < LEVELS; level++) {
    sum += counts[level]!;
    table[level] = roundHalfEven((255 / rest) * sum);
  }
  return plane.map((value) => table[levelOf(value)]!);
}

/** As OpenCV rounds. */
function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const part = value - down;
  return part > 0.5 || (part === 0.5 && down % 2 === 1) ? down + 1 : down;
}

export interface ClaheParameters {
  /** No level may occur more often than this many times its even share. */
  readonly clipLimit: number;
  /** Tiles along each side. */
  readonly tiles: number;
}

/**
 * Contrast-limited adaptive histogram equalization (Zuiderveld 1994): each tile has a table of its own, from its
 * clipped histogram; between the middles of tiles the four nearest tables are mixed. The same values as OpenCV's CLAHE,
 * which spreads what was clipped evenly and mirrors the image where tiles do not fit.
 */
export function clahe(plane: Float32Array, { height, width }: HeightWidth, parameters: ClaheParameters): Float32Array {
  const { clipLimit, tiles } = parameters;
  const [tileHeight, tileWidth] = [Math.ceil(height / tiles), Math.ceil(width / tiles)];
  // OpenCV pads both sides as soon as one does not fit, by a whole tile's worth where the other does
  const fits = height % tiles === 0 && width % tiles === 0;
  const [th, tw] = fits
    ? [tileHeight, tileWidth]
    : [(height + tiles - (height % tiles)) / tiles, (width + tiles - (width % tiles)) / tiles];
  const tables: Float32Array[] = [];
  for (let row = 0; row < tiles; row++) {
    for (let column = 0; column < tiles; column++) {
      const counts = new Int32Array(LEVELS);
      for (let y = row * th; y < (row + 1) * th; y++)
        for (let x = column * tw; x < (column + 1) * tw; x++)
          counts[levelOf(plane[mirrored(y, height) * width + mirrored(x, width)]!)]!++;
      tables.push(clippedTable(counts, th * tw, clipLimit));
    }
  }
  const out = new Float32Array(plane.length);
  const across = Array.from({ length: width }, (_, x) => betweenTiles(x, tw, tiles));
  for (let y = 0; y < height; y++) {
    const { first: top, second: bottom, part: fy } = betweenTiles(y, th, tiles);
    for (let x = 0; x < width; x++) {
      const { first, second, part: fx } = across[x]!;
      const level = levelOf(plane[y * width + x]!);
      const mix = (row: number): number =>
        fround(
          fround(tables[row * tiles + first]![level]! * fround(1 - fx)) +
            fround(tables[row * tiles + second]![level]! * fx),
        );
      out[y * width + x] = roundHalfEven(fround(fround(mix(top) * fround(1 - fy)) + fround(mix(bottom) * fy)));
    }
  }
  return out;
}

/** In single precision like OpenCV, so that halves are rounded the same way. */
const { fround } = Math;

/** The tiles whose middles a pixel lies between, and how far it is from the first to the second. */
function betweenTiles(pixel: number, side: number, tiles: number): { first: number; second: number; part: number } {
  const place = fround(fround(pixel * fround(1 / side)) - 0.5);
  const first = Math.floor(place);
  return { first: Math.max(0, first), second: Math.min(tiles - 1, first + 1), part: fround(place - first) };
}

function clippedTable(counts: Int32Array, area: number, clipLimit: number): Float32Array {
  if (clipLimit > 0) {
    const limit = Math.max(1, Math.floor((clipLimit * area) / LEVELS));
    let clipped = 0;
    counts.forEach((count, level) => {
      if (count <= limit) return;
      clipped += count - limit;
      counts[level] = limit;
    });
    const each = Math.floor(clipped / LEVELS);
    let residual = clipped - each * LEVELS;
    for (let level = 0; level < LEVELS; level++) counts[level] = counts[level]! + each;
    const step = Math.max(1, Math.floor(LEVELS / Math.max(1, residual)));
    for (let level = 0; level < LEVELS && residual > 0; level += step, residual--) counts[level] = counts[level]! + 1;
  }
  const table = new Float32Array(LEVELS);
  let sum = 0;
  counts.forEach((count, level) => {
    sum += count;
    table[level] = Math.min(255, roundHalfEven(Math.fround(sum * Math.fround(255 / area))));
  });
  return table;
}

/** The place of a pixel beyond the border, the border pixel not repeated (OpenCV's reflect 101). */
function mirrored(i: number, length: number): number {
  if (length === 1) return 0;
  const at = i % (2 * length - 2);
  return at < length ? at : 2 * length - 2 - at;
}

/**
 * w · equalized + (1 − w) · stretched: histogram equalization exaggerates noise, stretching alone does too little (Kuo
 * et al. 2018, in Li & Deng 2020, section 2.1.3).
 * @param weight of the equalized plane, 0 … 1
 */
export function equalizedSum(plane: Float32Array, weight: number): Float32Array {
  const linear = stretched(plane);
  return equalizeHistogram(plane).map((value, i) => weight * value + (1 - weight) * linear[i]!);
}
