/**
 * Mien: facial expression recognition, end to end. This entry is what an application in Node starts with:
 * `createRecognizer`, `decodeImage`, and what they take and give; the rest of the library is in the subpaths.
 */
export * from './errors.ts';
export * from './tensor/index.ts';
export { annotateFaces, rawImage, type BoxXYWH, type FaceAnnotation, type Point2, type RawImage } from './image/index.ts';
export * from './image/node.ts';
export { EXPRESSIONS_7, EXPRESSIONS_8, parseExpression, type Expression } from './labels/index.ts';
export * from './predict/index.ts';
