/** Calibration of a model's heads on held-out images. */
import type { LabelledImages, Labelling } from '../data/index.ts';
import { fitTemperature } from '../metrics/index.ts';
import type { LogitsModel } from './model.ts';
import { scoreImages, type ScoreOptions } from './score.ts';

/**
 * The temperature of each head (Guo et al. 2017), fitted to hard labels.
 * @param labelOf the labelling that a head (by its place) learned, in the class order of its logits; undefined when
 *   the images lack it
 * @returns one per head, in the model's order; 1 where no image has a label
 */
export async function fitTemperatures(
  scored: LogitsModel, images: LabelledImages, labelOf: (head: number) => Labelling | undefined, options: ScoreOptions = {},
): Promise<number[]> {
  const logits = await scoreImages(scored, images, options);
  return scored.model.heads.map(({ classes }, h) => {
    const labels = labelOf(h)?.labels;
    const rows = labels ? [...labels.keys()].filter((i) => labels[i]! >= 0) : [];
    if (rows.length === 0) return 1;
    const K = classes.length;
    const picked = new Float32Array(rows.length * K);
    rows.forEach((row, i) => picked.set(logits[h]!.subarray(row * K, (row + 1) * K), i * K));
    return fitTemperature(picked, rows.map((row) => labels![row]!));
  });
}
