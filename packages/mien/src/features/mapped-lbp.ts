/**
 * Mapped local binary patterns: an image of three channels for a network, in which pixels of similar texture have
 * similar colours, whatever the light. Source: Levi & Hassner 2015 (Li & Deng 2020, section 4.1.2, Fig. 5).
 *
 * From the paper: distances between codes are earth mover's distances, and multidimensional scaling puts the 256 codes
 * into a space of three dimensions. Recalled, not checked against it: radii 1, 5 and 10 on a line and 5 on the circle.
 * Ours: what a one without a counterpart costs on the circle (code-distance.ts), classical scaling, and the way to
 * bytes. Shapes: H, W of the image.
 */
import { rawImage, type RawImage } from '../image/index.ts';
import { classicalScaling } from './classical-scaling.ts';
import { CODES, codeDistances, type CodeTopology } from './code-distance.ts';
import { lbpCodes } from './lbp-codes.ts';

export interface MappedLbpOptions {
  /** Radius of the circle of neighbours, whole pixels. */
  readonly radius: number;
  readonly topology: CodeTopology;
}

/** The four mapped inputs of the paper; its fifth is the RGB image. */
export const MAPPED_LBP_INPUTS: readonly MappedLbpOptions[] = [
  { radius: 1, topology: 'line' },
  { radius: 5, topology: 'line' },
  { radius: 10, topology: 'line' },
  { radius: 5, topology: 'circle' },
];

/**
 * The image for a network to learn from, or to recognise, in place of the photo.
 * @returns an RGB image of the same size: channel c of a pixel is coordinate c of its code, in bytes (`codeColors`)
 * @throws {ShapeError} when the radius is not a positive whole number
 * @example
 * ```ts
 * import { mapLbp, MAPPED_LBP_INPUTS } from 'mienjs/features';
 * import { rawImage } from 'mienjs/image';
 *
 * const face = rawImage(48, 48, 1, new Uint8Array(48 * 48));
 * MAPPED_LBP_INPUTS.map((options) => mapLbp(face, options).channels); // → [3, 3, 3, 3]
 * ```
 */
export function mapLbp(image: RawImage, { radius, topology }: MappedLbpOptions): RawImage {
  const codes = lbpCodes(image, radius);
  const colors = codeColors(topology);
  const data = new Uint8Array(codes.length * 3);
  for (let i = 0, at = 0; i < codes.length; i++, at += 3) {
    const from = codes[i]! * 3;
    data[at] = colors[from]!;
    data[at + 1] = colors[from + 1]!;
    data[at + 2] = colors[from + 2]!;
  }
  return rawImage(image.width, image.height, 3, data);
}

const colorsOf = new Map<CodeTopology, Uint8Array>();

/**
 * The bytes of each code: its three coordinates by classical scaling, all with one scale, so that distances keep their
 * proportions; the longest axis runs from 0 to 255, and each is centred at 127.5. Computed once (about half a second).
 * @returns uint8 [256, 3]
 */
export function codeColors(topology: CodeTopology): Uint8Array {
  let colors = colorsOf.get(topology);
  if (colors === undefined) {
    colors = toBytes(classicalScaling(codeDistances(topology), 3));
    colorsOf.set(topology, colors);
  }
  return colors;
}

/** @param points [256, 3] */
function toBytes(points: Float64Array): Uint8Array {
  const axes = [0, 1, 2].map((c) => {
    const values = Array.from({ length: CODES }, (_, code) => points[code * 3 + c]!);
    return { least: Math.min(...values), greatest: Math.max(...values) };
  });
  const scale = 255 / Math.max(...axes.map(({ least, greatest }) => greatest - least));
  return Uint8Array.from(points, (value, i) => {
    const { least, greatest } = axes[i % 3]!;
    // Rounding errors of the eigenvectors must not decide between two bytes
    return Math.floor(127.5 + scale * (value - (least + greatest) / 2) + 0.5 + 1e-6);
  });
}
