export {
  flawOf,
  formatNormalization,
  givesThreeChannels,
  NORMALIZATION_NAMES,
  NORMALIZATIONS,
  normalizeImage,
  normalizePixels,
  normalizePlane,
  parseNormalization,
  type NormalizationName,
  type NormalizeStep,
} from './steps.ts';
