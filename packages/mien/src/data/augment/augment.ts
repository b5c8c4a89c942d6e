/**
 * Augmentation of one image, on the fly. The geometric parts are composed to one affine map and sampled once
 * (bilinear, edges replicated); then, in the order in which they befall a photo, light, blur, low resolution, contrast
 * and brightness, noise, compression; erasing at last. Values stay within 0 … 255.
 */
import {
  type Affine2,
  changeTone,
  clampByte,
  compose,
  compressAsJpeg,
  gaussianBlur,
  identityAffine,
  lightFromSide,
  loseResolution,
  type PixelShape,
  rotation,
  scaling,
  translation,
} from '../../image/index.ts';
import { Random } from '../../tensor/index.ts';
import type { AugmentSpec, Chance, EraseSpec } from './spec.ts';

export type ImageShape = PixelShape;

const DEGREES = Math.PI / 180;

/**
 * The random numbers of one image of one epoch. They depend on these three alone, so that neither the batch size
 * nor a resume changes them.
 * @param place of the image in the epoch's order
 */
export function augmentRandom(seed: number, epoch: number, place: number): Random {
  return new Random(seed, `augment/${epoch}/${place}`);
}

/**
 * @param pixels [H,W,C], 8-bit   @param out [H,W,C], written in full, 0 … 255, not rounded
 */
export function augmentImage(
  pixels: Uint8Array,
  shape: ImageShape,
  spec: AugmentSpec,
  random: Random,
  out: Float32Array,
): void {
  const map = drawAffine(shape, spec, random);
  if (map === identityAffine) out.set(pixels);
  else sampleBilinear(pixels, shape, map, out);
  byChance(spec.sideLight, random, (strength) => lightFromSide(out, shape, random.range(0, 360), strength));
  byChance(spec.blur, random, (sigma) => gaussianBlur(out, shape, sigma));
  byChance(spec.lowResolution, random, (height) => loseResolution(out, shape, height));
  if (spec.contrast || spec.brightness) {
    changeTone(out, 1 + symmetric(random, spec.contrast), 255 * symmetric(random, spec.brightness));
  }
  if (spec.noise) addNoise(out, 255 * spec.noise * random.uniform(), random);
  byChance(spec.jpeg, random, (quality) => compressAsJpeg(out, shape, quality));
  if (spec.erase && random.uniform() < spec.erase.probability) eraseRectangle(out, shape, spec.erase, random);
}

function byChance(chance: Chance | undefined, random: Random, apply: (strength: number) => void): void {
  if (chance && random.uniform() < chance.probability) apply(random.range(...chance.range));
}

/** Uniform in [−limit, limit); 0 without a limit. */
function symmetric(random: Random, limit = 0): number {
  return random.range(-limit, limit);
}

function logUniform(random: Random, [low, high]: readonly [number, number]): number {
  return Math.exp(random.range(Math.log(low), Math.log(high)));
}

/**
 * The map from output to input coordinates that `augmentImage` draws from the same numbers, before anything else, so
 * that points can be moved with their image; `identityAffine` itself when nothing moves.
 */
export function drawAffine({ height, width }: ImageShape, spec: AugmentSpec, random: Random): Affine2 {
  const flipped = spec.flip !== undefined && random.uniform() < spec.flip;
  const moves = spec.shift || spec.rotationDeg || spec.shearDeg || spec.scale;
  if (!flipped && !moves) return identityAffine;
  const zoom = spec.scale ? logUniform(random, spec.scale) : 1;
  const angle = symmetric(random, spec.rotationDeg) * DEGREES;
  const shear = Math.tan(symmetric(random, spec.shearDeg) * DEGREES);
  const dx = symmetric(random, spec.shift) * width;
  const dy = symmetric(random, spec.shift) * height;
  return compose(
    translation(width / 2 + dx, height / 2 + dy),
    scaling((flipped ? -1 : 1) / zoom, 1 / zoom),
    rotation(angle),
    [1, shear, 0, 0, 1, 0],
    translation(-width / 2, -height / 2),
  );
}

/** out(p) = pixels at map(p), pixel centres at ½; beyond the edge, the nearest edge pixel. */
function sampleBilinear(
  pixels: Uint8Array,
  { height, width, channels }: ImageShape,
  map: Affine2,
  out: Float32Array,
): void {
  const [a, b, tx, c, d, ty] = map;
  const rightmost = width - 1;
  const lowest = height - 1;
  const stride = width * channels;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const rowU = a * 0.5 + b * (y + 0.5) + tx - 0.5;
    const rowV = c * 0.5 + d * (y + 0.5) + ty - 0.5;
    for (let x = 0; x < width; x++) {
      let u = rowU + a * x;
      let v = rowV + c * x;
      u = u < 0 ? 0 : u > rightmost ? rightmost : u;
      v = v < 0 ? 0 : v > lowest ? lowest : v;
      const left = u | 0;
      const top = v | 0;
      const fx = u - left;
      const fy = v - top;
      const upperLeft = top * stride + left * channels;
      const upperRight = left < rightmost ? upperLeft + channels : upperLeft;
      const below = top < lowest ? stride : 0;
      for (let k = 0; k < channels; k++) {
        const p = pixels[upperLeft + k]!;
        const q = pixels[upperLeft + below + k]!;
        const upper = p + fx * (pixels[upperRight + k]! - p);
        const lower = q + fx * (pixels[upperRight + below + k]! - q);
        out[at++] = upper + fy * (lower - upper);
      }
    }
  }
}

/** Standard normal values, a power of two of them. */
let normalTable: Float32Array | undefined;

function normalValues(): Float32Array {
  if (!normalTable) {
    const random = new Random(0, 'augment/normal-table');
    normalTable = Float32Array.from({ length: 1 << 16 }, () => random.normal());
  }
  return normalTable;
}

/**
 * Adds N(0, deviation²): a run of fixed normal values from a random start, ten times as fast as drawing one a pixel.
 * Images share stretches of noise, but at places and with deviations that differ.
 */
function addNoise(values: Float32Array, deviation: number, random: Random): void {
  const normals = normalValues();
  const mask = normals.length - 1;
  const start = random.int(normals.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = clampByte(values[i]! + deviation * normals[(start + i) & mask]!);
  }
}

/** A rectangle of the drawn area and aspect, cut to the image's sides, anywhere inside, filled with random values. */
function eraseRectangle(
  values: Float32Array,
  { height, width, channels }: ImageShape,
  spec: EraseSpec,
  random: Random,
): void {
  const area = random.range(spec.area[0], spec.area[1]) * height * width;
  const aspect = logUniform(random, spec.aspect);
  const h = Math.min(height, Math.max(1, Math.round(Math.sqrt(area * aspect))));
  const w = Math.min(width, Math.max(1, Math.round(Math.sqrt(area / aspect))));
  const top = random.int(height - h + 1);
  const left = random.int(width - w + 1);
  for (let y = top; y < top + h; y++) {
    const row = (y * width + left) * channels;
    for (let i = row; i < row + w * channels; i++) values[i] = 255 * random.uniform();
  }
}
