/**
 * Mien: facial expression recognition, end to end. What an application starts with, alike in Node and in browsers
 * (which bundlers tell apart by the condition `browser`); the rest of the library is in the subpaths.
 * @module
 */
export { InputError, MienError, ShapeError } from './errors.ts';
export { rawImage, type BoxXYWH, type ImageSource, type Point2, type RawImage } from './image/index.ts';
export { decodeImage, type DecodeOptions } from './image/node.ts';
export { EXPRESSIONS_7, EXPRESSIONS_8, type Expression } from './labels/index.ts';
export {
  Recognizer,
  type FacePrediction,
  type Prediction,
  type RecognizeOptions,
  type RecognizerOptions,
} from './predict/index.ts';
export { createRecognizer } from './predict/node.ts';
