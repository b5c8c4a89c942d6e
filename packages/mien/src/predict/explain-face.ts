/** Which parts of a face an expression was read from: a framed face and a classifier to maps of its pixels. */
import { InputError, ShapeError } from '../errors.ts';
import {
  coverWindows,
  evenCorners,
  occlude,
  occlusionFill,
  type OcclusionFill,
  type OcclusionMaps,
  type WindowCorner,
} from '../explain/index.ts';
import type { RawImage } from '../image/index.ts';
import { softmaxRows } from '../metrics/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';
import type { ExpressionClassifier, FaceInput } from './classifier.ts';

/** What a model takes besides the chip stays as it is while windows are covered. */
export interface ExplainOptions extends Omit<FaceInput, 'chip'> {
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
  /** Probability of that expression, in the uncovered chip. */
  readonly probability: number;
}

/**
 * Explains the first output of a model.
 * @param chip framed as the model's `preprocess` says, of its size
 * @throws {InputError} when the model does not know the expression; {ShapeError} when an option does not fit the chip
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
  const { expression, fill = 'zero', window, stride, ...others } = options;
  const { classes, x, classify } = prepare(classifier, { chip, ...others });
  const asked = expression === undefined ? undefined : classes.indexOf(expression);
  if (asked === -1)
    throw new InputError(classifier.model.name, `has no class "${expression}": expected one of ${classes.join(', ')}`);
  const maps = await occlude(x, classify, {
    ...(window === undefined ? {} : { window }),
    ...(stride === undefined ? {} : { stride }),
    fill: occlusionFill(fill, classifier.preprocess),
    ...(asked === undefined ? {} : { classIndex: asked }),
  });
  return { ...maps, expression: classes[maps.classIndex]!, probability: maps.probabilities[maps.classIndex]! };
}

interface Prepared {
  readonly classes: readonly string[];
  /** [1,C,H,W] */
  readonly x: Tensor<'float32'>;
  readonly classify: (x: Tensor<'float32'>) => Promise<Float64Array>;
}

/** @throws {InputError} when the model tells no classes apart */
function prepare(classifier: ExpressionClassifier, face: FaceInput): Prepared {
  const [head] = classifier.model.heads;
  if (!head) throw new InputError(classifier.model.name, 'has no output of classes to explain');
  const { classes, temperature } = head;
  const { x: shown, ...others } = classifier.toInputs([face]);
  const { dims, data } = shown!;
  return {
    classes,
    x: tensor('float32', dims, data as Float32Array),
    classify: async (x) =>
      softmaxRows(
        (await classifier.logits(x, repeated(others, x.dims[0]!)))[0]!.data as Float32Array,
        classes.length,
        temperature,
      ),
  };
}

/** A face with a window covered, and what the model then decides. */
export interface OccludedCopy extends WindowCorner {
  readonly expression: string;
  readonly probability: number;
}

export interface OccludedCopies {
  /** The expression of the uncovered face. */
  readonly expression: string;
  readonly probability: number;
  /** Side of the window, in pixels that the network sees. */
  readonly window: number;
  /** `across`² of them, row by row. */
  readonly copies: readonly OccludedCopy[];
}

export interface ExplainCopiesOptions extends Omit<ExplainOptions, 'expression' | 'stride'> {
  /** Copies in a row, and rows; default 3. */
  readonly across?: number;
}

/**
 * What a model decides on copies of a face whose windows lie evenly over it (Minaee & Abdolrashidi 2019, figure 11).
 * @throws {ShapeError} when the window does not fit   @throws {InputError} when the model tells no classes apart
 */
export async function explainCopies(
  classifier: ExpressionClassifier,
  chip: RawImage,
  { across = 3, fill = 'zero', window: side, ...others }: ExplainCopiesOptions = {},
): Promise<OccludedCopies> {
  const { classes, x, classify } = prepare(classifier, { chip, ...others });
  const [, , height, width] = x.dims as [number, number, number, number];
  const window = side ?? Math.max(1, Math.round(width / 3));
  if (window > Math.min(width, height))
    throw new ShapeError('explainCopies', `window: expected 1 to ${Math.min(width, height)}, got ${window}`);
  const corners = evenCorners({ width, height }, window, across);
  const decide = (probabilities: ArrayLike<number>, row: number): { expression: string; probability: number } => {
    const own = Array.from(classes, (_, k) => probabilities[row * classes.length + k]!);
    const probability = Math.max(...own);
    return { expression: classes[own.indexOf(probability)]!, probability };
  };
  const whole = await classify(x);
  const covered = await classify(coverWindows(x, corners, window, occlusionFill(fill, classifier.preprocess)));
  return { ...decide(whole, 0), window, copies: corners.map((corner, i) => ({ ...corner, ...decide(covered, i) })) };
}

/** One face's inputs for each of N copies of it. */
const repeated = (inputs: Readonly<Record<string, Tensor>>, N: number): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, data }]) => {
      const own = data as Float32Array;
      const all = new Float32Array(N * own.length);
      for (let i = 0; i < N; i++) all.set(own, i * own.length);
      return [name, tensor('float32', [N, ...dims.slice(1)], all)];
    }),
  );
