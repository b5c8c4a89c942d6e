/**
 * Mien: facial expression recognition, end to end. What an application starts with, alike in Node and in browsers
 * (which bundlers tell apart by the condition `browser`); the rest of the library is in the subpaths.
 * @module
 */
export { InputError, MienError, ShapeError } from './errors.ts';
export { rawImage, type BoxXYWH, type ImageSource, type Point2, type RawImage } from './image/index.ts';
export { decodeImage, type DecodeOptions } from './image/node.ts';
export { EXPRESSIONS_7, EXPRESSIONS_8, type Expression } from './labels/index.ts';
// Not by the part's index, which loads all of prediction, and training's parts with it
export { createRecognizer } from './predict/create-recognizer.ts';
export { Recognizer, type FacePrediction, type Prediction, type RecognizeOptions } from './predict/recognizer.ts';
export type { RecognizerOptions } from './predict/recognizer-options.ts';
