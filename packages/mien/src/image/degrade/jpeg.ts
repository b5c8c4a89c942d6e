/**
 * What JPEG compression does to an image, without a file: each 8×8 block is transformed, quantised and transformed
 * back. Source: ITU-T T.81 (JPEG), A.3.3 (transform), A.3.4 (quantisation), table K.1 (luminance); quality as the
 * Independent JPEG Group scales that table. Entropy coding loses nothing and is left out. Deviation: each colour
 * channel is treated as luminance, without conversion or subsampling of chroma.
 */
import { clampByte, type PixelShape } from './pixels.ts';

const BLOCK = 8;

/** Table K.1, row by row. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];

/** DCT-II as an orthonormal matrix [u,x]: ½·C(u)·cos((2x+1)uπ/16), C(0) = 1/√2. */
const DCT = Float32Array.from({ length: BLOCK * BLOCK }, (_, i) => {
  const u = Math.floor(i / BLOCK);
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (i % BLOCK) + 1) * u * Math.PI) / 16);
});

/**
 * The steps of quantisation: table·s/100 rounded and at least 1, with s = 5000/quality below 50, else 200 − 2·quality.
 */
function quantizationSteps(quality: number): number[] {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return LUMINANCE.map((step) => Math.min(255, Math.max(1, Math.floor((step * scale + 50) / 100))));
}

/**
 * Compresses and decompresses in place. Blocks that the border cuts are filled up with their last pixels, as encoders
 * do.
 * @param values [H,W,C], 0 … 255   @param quality 1 … 100
 */
export function compressAsJpeg(values: Float32Array, { height, width, channels }: PixelShape, quality: number): void {
  const steps = quantizationSteps(quality);
  const block = new Float32Array(BLOCK * BLOCK);
  const scratch = new Float32Array(BLOCK * BLOCK);
  const at = (x: number, y: number, c: number): number =>
    (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * channels + c;
  for (let c = 0; c < channels; c++) {
    for (let top = 0; top < height; top += BLOCK) {
      for (let left = 0; left < width; left += BLOCK) {
        for (let i = 0; i < block.length; i++) block[i] = values[at(left + (i % BLOCK), top + (i >> 3), c)]! - 128;
        transform(block, scratch, DCT, false);
        for (let i = 0; i < block.length; i++) block[i] = Math.round(block[i]! / steps[i]!) * steps[i]!;
        transform(block, scratch, DCT, true);
        for (let y = top; y < Math.min(top + BLOCK, height); y++) {
          for (let x = left; x < Math.min(left + BLOCK, width); x++)
            values[at(x, y, c)] = clampByte(block[(y - top) * BLOCK + x - left]! + 128);
        }
      }
    }
  }
}

/** block ← D·block·Dᵀ, or Dᵀ·block·D backwards. */
function transform(block: Float32Array, scratch: Float32Array, D: Float32Array, backwards: boolean): void {
  const d = (i: number, k: number): number => (backwards ? D[k * BLOCK + i]! : D[i * BLOCK + k]!);
  for (let i = 0; i < BLOCK; i++) {
    for (let j = 0; j < BLOCK; j++) {
      let sum = 0;
      for (let k = 0; k < BLOCK; k++) sum += d(i, k) * block[k * BLOCK + j]!;
      scratch[i * BLOCK + j] = sum;
    }
  }
  for (let i = 0; i < BLOCK; i++) {
    for (let j = 0; j < BLOCK; j++) {
      let sum = 0;
      for (let k = 0; k < BLOCK; k++) sum += scratch[i * BLOCK + k]! * d(j, k);
      block[i * BLOCK + j] = sum;
    }
  }
}
