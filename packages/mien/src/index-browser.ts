/** The root entry in browsers: the names of index.ts. */
export { createRecognizer, decodeImage } from './browser.ts';
export { InputError, MienError, ShapeError } from './errors.ts';
export { rawImage } from './image/index.ts';
export { EXPRESSIONS_7, EXPRESSIONS_8 } from './labels/index.ts';
export { Recognizer } from './predict/index.ts';
