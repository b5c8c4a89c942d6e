/** Resize along one axis: which elements of the source each element of the result weighs. */

/** (1 − t)·source[low] + t·source[high]. */
export interface ResizeTap {
  readonly low: number;
  readonly high: number;
  readonly t: number;
}

export interface AxisResize {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** `nearest` or `linear`. */
  readonly mode: string;
  /** ONNX's coordinate_transformation_mode. */
  readonly coordinate: string;
  /** ONNX's nearest_mode. */
  readonly rounding: string;
}

/** Position in the source of position i in the result, by the name of the ONNX coordinate transformation. */
const COORDINATES: Readonly<Record<string, (i: number, scale: number, from: number, to: number) => number>> = {
  half_pixel: (i, scale) => (i + 0.5) / scale - 0.5,
  pytorch_half_pixel: (i, scale, _, to) => (to > 1 ? (i + 0.5) / scale - 0.5 : 0),
  align_corners: (i, _, from, to) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
  asymmetric: (i, scale) => i / scale,
};
export const RESIZE_COORDINATES: readonly string[] = Object.keys(COORDINATES);

const ROUNDINGS: Readonly<Record<string, (v: number) => number>> = {
  round_prefer_floor: (v) => Math.ceil(v - 0.5),
  round_prefer_ceil: (v) => Math.floor(v + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};
export const RESIZE_ROUNDINGS: readonly string[] = Object.keys(ROUNDINGS);

/** The taps of each position of the result, held constant beyond the ends. */
export function resizeTaps({ from, to, scale, mode, coordinate, rounding }: AxisResize): ResizeTap[] {
  return Array.from({ length: to }, (_, i) => {
    const source = COORDINATES[coordinate]!(i, scale, from, to);
    const position = Math.min(Math.max(mode === 'linear' ? source : ROUNDINGS[rounding]!(source), 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), t: position - low };
  });
}
