export * from './classifier.ts';
export * from './create-recognizer.ts';
export * from './explain-face.ts';
export * from './feature-extractor.ts';
export * from './model-files.ts';
export * from './recognizer.ts';
export * from './face-finder.ts';
