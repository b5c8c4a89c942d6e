/**
 * The colours of mapped local binary patterns, in which pixels of similar texture have similar colours, whatever the
 * light. The step `mapped-lbp` of `mienjs/image` paints images in them; it keeps them as a table, which the test beside
 * this compares with what is derived here.
 * Source: Levi & Hassner 2015 (Li & Deng 2020, section 4.1.2, Fig. 5).
 *
 * From the paper: distances between codes are earth mover's distances, and multidimensional scaling puts the 256 codes
 * into a space of three dimensions. Ours: what a one without a counterpart costs on the circle (code-distance.ts),
 * classical scaling, and the way to bytes.
 */
import { classicalScaling } from './classical-scaling.ts';
import { CODES, codeDistances, type CodeTopology } from './code-distance.ts';

/**
 * The bytes of each code: its three coordinates by classical scaling, all with one scale, so that distances keep their
 * proportions; the longest axis runs from 0 to 255, and each is centred at 127.5. About half a second of work.
 * @returns uint8 [256, 3]
 * @example
 * ```ts
 * import { codeColors } from 'mienjs/features';
 *
 * codeColors('line').length; // → 768
 * ```
 */
export function codeColors(topology: CodeTopology): Uint8Array {
  const points = classicalScaling(codeDistances(topology), 3); // [256, 3]
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
