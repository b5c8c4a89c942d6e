/**
 * The normalizations by name: what a model's metadata, a recipe and `--normalize` may ask for (Li & Deng 2020, section
 * 2.1.3). Each is a pure function of one channel, and an image of three has each normalized by itself; or it paints an
 * image of three channels (section 4.1.2).
 */
import { MienError, ShapeError } from '../../errors.ts';
import { rawImage, type HeightWidth, type RawImage } from '../raw-image.ts';
import { contrastiveEqualization, gammaCorrection, globalContrast, localContrast, logarithm } from './contrast.ts';
import { differenceOfGaussians, homomorphic, isotropicSmoothing, withoutSlowCosines } from './frequency.ts';
import { clahe, equalizedSum, equalizeHistogram } from './histogram.ts';
import { mappedLbp } from './mapped-lbp.ts';

interface Parameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: true;
}

type Apply<Names extends string, Values> = (
  values: Values,
  size: HeightWidth,
  parameters: Readonly<Record<Names, number>>,
) => Values;

interface Described<Names extends string> {
  /** In a line of help. */
  readonly summary: string;
  readonly parameters: Readonly<Record<Names, Parameter>>;
}

interface OfChannel<Names extends string> extends Described<Names> {
  readonly apply: Apply<Names, Float32Array>;
}

/** Of one or three channels together; gives three. */
interface OfImage<Names extends string> extends Described<Names> {
  readonly paint: Apply<Names, readonly Float32Array[]>;
}

type Definition<Names extends string> = OfChannel<Names> | OfImage<Names>;

/** Keeps the names of the parameters. */
const step = <Names extends string>(definition: OfChannel<Names>): OfChannel<Names> => definition;
const painting = <Names extends string>(definition: OfImage<Names>): OfImage<Names> => definition;

export const NORMALIZATIONS = {
  'histogram-equalization': step({
    summary: 'all levels about equally often',
    parameters: {},
    apply: equalizeHistogram,
  }),
  clahe: step({
    summary: 'the same tile by tile, its contrast limited',
    parameters: {
      clipLimit: { default: 2, min: 0, max: 256 },
      tiles: { default: 8, min: 1, max: 64, whole: true },
    },
    apply: clahe,
  }),
  'equalized-sum': step({
    summary: 'the weighted sum of the equalized and the stretched image',
    parameters: { weight: { default: 0.5, min: 0, max: 1 } },
    apply: (plane, _, { weight }) => equalizedSum(plane, weight),
  }),
  gamma: step({
    summary: 'a power of the brightness: below 1 lightens shadows',
    parameters: { gamma: { default: 0.5, min: 0.01, max: 10 } },
    apply: (plane, _, { gamma }) => gammaCorrection(plane, gamma),
  }),
  logarithm: step({ summary: 'the logarithm of the brightness', parameters: {}, apply: logarithm }),
  gcn: step({
    summary: 'global contrast normalization: mean 0, deviation 1',
    parameters: { bias: { default: 10, min: 0, max: 1e6 } },
    apply: (plane, _, { bias }) => globalContrast(plane, bias),
  }),
  lcn: step({
    summary: 'local contrast normalization with Gaussian weights',
    parameters: {
      radius: { default: 3, min: 1, max: 64, whole: true },
      sigma: { default: 1.75, min: 0.1, max: 64 },
    },
    apply: localContrast,
  }),
  'contrastive-equalization': step({
    summary: "each pixel by its square's mean and deviation",
    parameters: { radius: { default: 3, min: 1, max: 64, whole: true } },
    apply: (plane, size, { radius }) => contrastiveEqualization(plane, size, radius),
  }),
  dog: step({
    summary: 'difference of Gaussians; best after gamma or logarithm',
    parameters: { inner: { default: 1, min: 0.1, max: 64 }, outer: { default: 2, min: 0.1, max: 64 } },
    apply: differenceOfGaussians,
  }),
  dct: step({
    summary: 'without the slowest waves of the cosine transform',
    parameters: { perPixel: { default: 50 / 128 ** 2, min: 0, max: 1 } },
    apply: (plane, size, { perPixel }) => withoutSlowCosines(plane, size, perPixel),
  }),
  homomorphic: step({
    summary: 'slow changes of the logarithm lowered',
    parameters: { boost: { default: 2, min: 1, max: 100 }, cutoff: { default: 0.25, min: 0.001, max: 1 } },
    apply: homomorphic,
  }),
  'isotropic-smoothing': step({
    summary: 'divided by the smoothed image',
    parameters: { lambda: { default: 7, min: 0.01, max: 1e4 } },
    apply: (plane, size, { lambda }) => isotropicSmoothing(plane, size, lambda),
  }),
  'mapped-lbp': painting({
    summary: 'three channels: local binary patterns as colours',
    parameters: {
      radius: { default: 1, min: 1, max: 64, whole: true },
      circle: { default: 0, min: 0, max: 1, whole: true },
    },
    paint: mappedLbp,
  }),
} as const;

export type NormalizationName = keyof typeof NORMALIZATIONS;
export const NORMALIZATION_NAMES = Object.keys(NORMALIZATIONS) as NormalizationName[];

/** A step with parameters of its own, such as { name: 'gamma', gamma: 0.2 }; those not given have their defaults. */
export interface NormalizeStep {
  readonly name: NormalizationName;
  readonly [parameter: string]: string | number;
}

const definitionOf = (name: NormalizationName): Definition<string> => NORMALIZATIONS[name] as Definition<string>;

/** What is wrong with a step whose name is known; undefined when it is right. */
export function flawOf({ name, ...given }: NormalizeStep): string | undefined {
  const { parameters } = definitionOf(name);
  for (const [key, value] of Object.entries(given)) {
    const parameter = parameters[key];
    const names = Object.keys(parameters).join(', ');
    if (!parameter) return `${name} has no parameter "${key}", expected ${names || 'none'}`;
    const { min, max, whole } = parameter;
    if (typeof value !== 'number' || !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
      return `${name}: ${key}: expected a ${whole ? 'whole ' : ''}number from ${min} to ${max}, got ${value}`;
  }
  return undefined;
}

/** Whether what the steps give has three channels, however many they take. */
export const givesThreeChannels = (steps: readonly NormalizeStep[]): boolean =>
  steps.some(({ name }) => 'paint' in definitionOf(name));

/** The channels after the steps, one after another: as many as there were, or three. */
function normalizePlanes(
  planes: readonly Float32Array[],
  size: HeightWidth,
  steps: readonly NormalizeStep[],
): readonly Float32Array[] {
  return steps.reduce((values, given) => {
    const flaw = flawOf(given);
    if (flaw !== undefined) throw new ShapeError('normalizePlane', flaw);
    const { name, ...parameters } = given;
    const definition = definitionOf(name);
    const defaults = Object.entries(definition.parameters).map(([key, { default: value }]) => [key, value] as const);
    const all = { ...Object.fromEntries(defaults), ...(parameters as Record<string, number>) };
    return 'paint' in definition
      ? definition.paint(values, size, all)
      : values.map((plane) => definition.apply(plane, size, all));
  }, planes);
}

/**
 * The steps one after another.
 * @param plane [H,W], on the scale 0 … 255   @returns a plane on the same scale, not rounded; finite for a finite plane
 * @throws {ShapeError} when the size does not fit, or a step's parameters do not, or the steps give three channels
 */
export function normalizePlane(plane: Float32Array, size: HeightWidth, steps: readonly NormalizeStep[]): Float32Array {
  if (plane.length !== size.height * size.width || plane.length === 0)
    throw new ShapeError('normalizePlane', `plane: expected ${size.height}×${size.width} values, got ${plane.length}`);
  const [out, ...more] = normalizePlanes([plane], size, steps);
  if (more.length > 0)
    throw new ShapeError('normalizePlane', `${formatNormalization(steps)}: gives three channels, expected one`);
  return out!;
}

/**
 * Pixels [H,W,C], each channel normalized by itself.
 * @returns float32 [H,W,C], not rounded; [H,W,3] where a step gives three channels
 * @throws {ShapeError} when a step's parameters do not fit
 */
export function normalizePixels(
  pixels: Uint8Array | Float32Array,
  size: HeightWidth,
  channels: 1 | 3,
  steps: readonly NormalizeStep[],
): Float32Array {
  const planes =
    channels === 1
      ? [Float32Array.from(pixels)]
      : [0, 1, 2].map((c) => Float32Array.from({ length: pixels.length / 3 }, (_, i) => pixels[3 * i + c]!));
  const normalized = normalizePlanes(planes, size, steps);
  if (normalized.length === 1) return normalized[0]!;
  const out = new Float32Array(normalized.length * size.height * size.width);
  normalized.forEach((plane, c) => plane.forEach((value, i) => (out[3 * i + c] = value)));
  return out;
}

/**
 * An image after the steps, rounded to 8 bits; of three channels where a step gives them.
 * @throws {ShapeError} when a step's parameters do not fit
 * @example
 * ```ts
 * import { normalizeImage, parseNormalization, rawImage } from 'mienjs/image';
 *
 * const face = rawImage(48, 48, 1, new Uint8Array(48 * 48));
 * normalizeImage(face, parseNormalization('gamma:gamma=0.2,dog')).channels; // → 1
 * normalizeImage(face, parseNormalization('mapped-lbp:radius=5')).channels; // → 3
 * ```
 */
export function normalizeImage(image: RawImage, steps: readonly NormalizeStep[]): RawImage {
  const values = normalizePixels(image.data, image, image.channels, steps);
  const data = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value))));
  return rawImage(image.width, image.height, givesThreeChannels(steps) ? 3 : image.channels, data);
}

/**
 * Steps as text: names with commas between, parameters after colons, such as `gamma:gamma=0.2,dog`.
 * @throws {MienError} when a name or a parameter is not known, or a value does not fit
 */
export function parseNormalization(text: string): NormalizeStep[] {
  return text.split(',').map((part) => {
    const [name, ...parameters] = part.trim().split(':') as [string, ...string[]];
    if (!NORMALIZATION_NAMES.includes(name as NormalizationName))
      throw new MienError(`"${name}" is not a normalization, expected ${NORMALIZATION_NAMES.join(', ')}`);
    const given = parameters.map((parameter) => {
      const [key, value] = parameter.split('=');
      return [key!, value === undefined || value.trim() === '' ? NaN : Number(value)] as const;
    });
    const parsed: NormalizeStep = { ...Object.fromEntries(given), name: name as NormalizationName };
    const flaw = flawOf(parsed);
    if (flaw !== undefined) throw new MienError(flaw);
    return parsed;
  });
}

/** The inverse of `parseNormalization`. */
export function formatNormalization(steps: readonly NormalizeStep[]): string {
  return steps
    .map(({ name, ...parameters }) => [name, ...Object.entries(parameters).map(([k, v]) => `${k}=${v}`)].join(':'))
    .join(',');
}
