/** Which parts of a face an expression was read from: a framed face and a classifier to maps of its pixels. */
import { ShapeError } from '../errors.ts';
import { occlude, occlusionFill, type OcclusionFill, type OcclusionMaps } from '../explain/index.ts';
import type { RawImage } from '../image/index.ts';
import { softmaxRows } from '../metrics/index.ts';
import { tensor } from '../tensor/index.ts';
import type { ExpressionClassifier } from './classifier.ts';

export interface ExplainOptions {
  /** What to explain; the most probable expression when absent. */
  readonly expression?: string;
  /** Side of the window, and its stride, in pixels of the chip; defaults as `occlude`. */
  readonly window?: number;
  readonly stride?: number;
  /** What covers a window; `zero` (black, as Minaee & Abdolrashidi 2019 does) when absent. */
  readonly fill?: OcclusionFill;
}

export interface FaceExplanation extends OcclusionMaps {
  readonly expression: string;
  /** Of that expression, in the uncovered chip. */
  readonly probability: number;
}

/**
 * Explains the first output of a model.
 * @param chip framed as the model's `preprocess` says, of its size
 * @throws {ShapeError} when the model does not know the expression, or an option does not fit the chip
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 * import { cutFace, explainFace, framingOf } from 'mienjs/predict';
 * import { loadClassifier } from 'mienjs/predict/node';
 *
 * const photo = await decodeImage('photo.jpg');
 * const recognizer = await createRecognizer();
 * const [face] = (await recognizer.recognize(photo)).faces;
 * const classifier = await loadClassifier('default');
 * const chip = cutFace(photo, face!.landmarks, framingOf(classifier.preprocess, 'default')).image;
 * const { maps, expression, probability } = await explainFace(classifier, chip);
 * console.log(`${expression} ${probability}: the window that matters most takes ${Math.max(...maps.drop)} of it`);
 * ```
 */
export async function explainFace(
  classifier: ExpressionClassifier,
  chip: RawImage,
  options: ExplainOptions = {},
): Promise<FaceExplanation> {
  const { expression, fill = 'zero', ...windows } = options;
  const { classes, temperature } = classifier.model.heads[0]!;
  const asked = expression === undefined ? undefined : classes.indexOf(expression);
  if (asked === -1)
    throw new ShapeError('explainFace', `expression: expected one of ${classes.join(', ')}, got ${expression}`);
  const { dims, data } = classifier.toTensor([chip]);
  const maps = await occlude(
    tensor('float32', dims, data as Float32Array),
    async (x) => softmaxRows((await classifier.logits(x))[0]!.data as Float32Array, classes.length, temperature),
    {
      ...windows,
      fill: occlusionFill(fill, classifier.preprocess),
      ...(asked === undefined ? {} : { classIndex: asked }),
    },
  );
  return { ...maps, expression: classes[maps.classIndex]!, probability: maps.probabilities[maps.classIndex]! };
}
