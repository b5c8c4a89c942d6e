/**
 * PNG's rows: decompressed bytes to samples. Each row is stored as differences from its neighbours (filters);
 * interlaced files hold seven coarser images, the passes of Adam7. Source: PNG (Third Edition), sections 8 and 9.
 */
import { PNG_CHANNELS, type PngFile } from './file.ts';

/** A row of samples: pixel i of it stands at column `left + i·stepX` of line `y`. */
export type UseRow = (samples: Uint8Array | Uint16Array, y: number, left: number, stepX: number) => void;

interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE: readonly Pass[] = [{ left: 0, top: 0, stepX: 1, stepY: 1 }];
const ADAM7: readonly Pass[] = [
  { left: 0, top: 0, stepX: 8, stepY: 8 },
  { left: 4, top: 0, stepX: 8, stepY: 8 },
  { left: 0, top: 4, stepX: 4, stepY: 8 },
  { left: 2, top: 0, stepX: 4, stepY: 4 },
  { left: 0, top: 2, stepX: 2, stepY: 4 },
  { left: 1, top: 0, stepX: 2, stepY: 2 },
  { left: 0, top: 1, stepX: 1, stepY: 2 },
];

interface PassSize extends Pass {
  readonly columns: number;
  readonly lines: number;
  /** Length of a line, without the byte that names its filter. */
  readonly lineBytes: number;
}

type Layout = Pick<PngFile, 'width' | 'height' | 'depth' | 'colorType' | 'interlaced'>;

function passesOf({ width, height, depth, colorType, interlaced }: Layout): PassSize[] {
  return (interlaced ? ADAM7 : WHOLE).map((pass) => {
    const columns = Math.ceil((width - pass.left) / pass.stepX);
    const lines = columns > 0 ? Math.max(0, Math.ceil((height - pass.top) / pass.stepY)) : 0;
    return { ...pass, columns, lines, lineBytes: Math.ceil((columns * PNG_CHANNELS[colorType] * depth) / 8) };
  });
}

/** Bytes of all rows, decompressed. */
export function rowBytes(layout: Layout): number {
  return passesOf(layout).reduce((sum, { lines, lineBytes }) => sum + lines * (lineBytes + 1), 0);
}

/**
 * Calls `use` with each row; the array is used again for the next.
 * @param bytes of length `rowBytes`; changed, filter by filter, to what they stand for
 * @throws {Error} when a row names a filter that does not exist
 */
export function forEachRow(bytes: Uint8Array, layout: Layout, use: UseRow): void {
  const channels = PNG_CHANNELS[layout.colorType];
  const pixelBytes = Math.max(1, (channels * layout.depth) / 8);
  let at = 0;
  for (const { left, top, stepX, stepY, columns, lines, lineBytes } of passesOf(layout)) {
    let above: Uint8Array = new Uint8Array(lineBytes);
    const samples = layout.depth === 16 ? new Uint16Array(columns * channels) : new Uint8Array(columns * channels);
    for (let line = 0; line < lines; line++) {
      const row = bytes.subarray(at + 1, at + 1 + lineBytes);
      unfilter(bytes[at]!, row, above, pixelBytes);
      unpack(row, layout.depth, samples);
      use(samples, top + line * stepY, left, stepX);
      above = row;
      at += 1 + lineBytes;
    }
  }
}

/**
 * In place: a byte is the sum of its difference and a prediction from the bytes a (a pixel to the left), b (above), c
 * (above a).
 */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const n = row.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < n; i++) row[i] = row[i]! + row[i - pixelBytes]!;
      return;
    case 2:
      for (let i = 0; i < n; i++) row[i] = row[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < n; i++) row[i] = row[i]! + (((i < pixelBytes ? 0 : row[i - pixelBytes]!) + above[i]!) >> 1);
      return;
    case 4:
      for (let i = 0; i < n; i++) {
        const a = i < pixelBytes ? 0 : row[i - pixelBytes]!;
        row[i] = row[i]! + paeth(a, above[i]!, i < pixelBytes ? 0 : above[i - pixelBytes]!);
      }
      return;
    default:
      throw new Error(`a row has filter ${filter}`);
  }
}

/** Whichever of a, b, c is nearest to a + b − c, in that order. */
function paeth(a: number, b: number, c: number): number {
  const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

/** Bytes → samples of `depth` bits, the high bits first. */
function unpack(row: Uint8Array, depth: number, samples: Uint8Array | Uint16Array): void {
  if (depth === 8) samples.set(row);
  else if (depth === 16) for (let i = 0; i < samples.length; i++) samples[i] = (row[2 * i]! << 8) | row[2 * i + 1]!;
  else {
    const perByte = 8 / depth;
    const mask = (1 << depth) - 1;
    for (let i = 0; i < samples.length; i++)
      samples[i] = (row[Math.floor(i / perByte)]! >> (8 - depth * ((i % perByte) + 1))) & mask;
  }
}
