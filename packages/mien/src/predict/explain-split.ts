/**
 * Which parts of faces a model reads each expression from: the mean occlusion map over many images of a split (Minaee &
 * Abdolrashidi 2019, figures 1 and 12 show maps of single ones). Shape legend: H height, W width.
 */
import { type LabelledImages, readImageAt } from '../data/index.ts';
import { sparsity, type OcclusionMethod } from '../explain/index.ts';
import { rawImage, type RawImage } from '../image/index.ts';
import { Random } from '../tensor/index.ts';
import type { ExpressionClassifier } from './classifier.ts';
import { explainFace, type ExplainOptions } from './explain-face.ts';

export interface ExplainSplitOptions extends Pick<ExplainOptions, 'window' | 'stride' | 'fill'> {
  /** Images of each expression, at most; default 20. */
  readonly imagesPerClass?: number;
  /** Which images are drawn; default 0. */
  readonly seed?: number;
  /** Called after each image. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ClassSaliency {
  readonly expression: string;
  /** Images of it that were asked. */
  readonly asked: number;
  /** How many the model gets right. Their maps are averaged: where it is wrong, nothing speaks for the label. */
  readonly right: number;
  /** [H,W] by method; NaN throughout where the model is right on none. */
  readonly maps: Readonly<Record<OcclusionMethod, Float64Array>>;
  /** By method, see `sparsity`. */
  readonly sparsity: Readonly<Record<OcclusionMethod, number>>;
  /** The mean of the images, of the size that the data were brought to; undefined where the model is right on none. */
  readonly face: RawImage | undefined;
}

export interface SplitSaliency {
  readonly width: number;
  readonly height: number;
  readonly window: number;
  readonly stride: number;
  /** In the order of the data's classes; those without an image are left out. */
  readonly classes: readonly ClassSaliency[];
}

/**
 * Explains images of every class of a split by the model's first output.
 * @throws {InputError} when the model takes more than an image   @throws {ShapeError} when an option does not fit
 */
export async function explainSplit(
  classifier: ExpressionClassifier,
  samples: LabelledImages,
  { imagesPerClass = 20, seed = 0, onProgress, ...options }: ExplainSplitOptions = {},
): Promise<SplitSaliency> {
  const { imageSource: images, classes: names, labels } = samples;
  const size = images.height * images.width * images.channels;
  const known = classifier.model.heads[0]?.classes ?? [];
  const chosen = names.map((name, k) => (known.includes(name) ? draw(labels, k, imagesPerClass, seed, name) : []));
  const total = chosen.reduce((sum, rows) => sum + rows.length, 0);
  let [done, window, stride] = [0, 0, 0];
  let [width, height] = [0, 0];
  const classes: ClassSaliency[] = [];
  for (const [k, rows] of chosen.entries()) {
    if (rows.length === 0) continue;
    const sums: Record<OcclusionMethod, Float64Array> = { drop: new Float64Array(0), flip: new Float64Array(0) };
    const face = new Float64Array(size);
    let right = 0;
    for (const row of rows) {
      const chip = await readImageAt(images, row);
      const explained = await explainFace(classifier, chip, options);
      ({ width, height, window, stride } = explained);
      onProgress?.(++done, total);
      if (explained.expression !== names[k]) continue;
      right++;
      for (const method of ['drop', 'flip'] as const) {
        const map = explained.maps[method];
        if (sums[method].length === 0) sums[method] = new Float64Array(map.length);
        map.forEach((value, p) => {
          sums[method][p]! += value;
        });
      }
      chip.data.forEach((value, p) => {
        face[p]! += value;
      });
    }
    const maps = { drop: meanOf(sums.drop, right, width * height), flip: meanOf(sums.flip, right, width * height) };
    classes.push({
      expression: names[k]!,
      asked: rows.length,
      right,
      maps,
      sparsity: { drop: sparsity(maps.drop), flip: sparsity(maps.flip) },
      face:
        right === 0
          ? undefined
          : rawImage(
              images.width,
              images.height,
              images.channels,
              Uint8Array.from(face, (sum) => Math.round(sum / right)),
            ),
    });
  }
  return { width, height, window, stride, classes };
}

const meanOf = (sums: Float64Array, count: number, length: number): Float64Array =>
  count === 0 ? new Float64Array(length).fill(NaN) : sums.map((sum) => sum / count);

/** At most `most` rows of a class, ascending. */
function draw(labels: Int32Array, k: number, most: number, seed: number, name: string): number[] {
  const rows = [...labels.keys()].filter((row) => labels[row] === k);
  const order = new Random(seed, `explain/${name}`).permutation(rows.length);
  return Array.from(order.subarray(0, most), (i) => rows[i]!).sort((a, b) => a - b);
}
