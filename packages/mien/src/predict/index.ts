export * from './classifier.ts';
export * from './create-recognizer.ts';
export * from './explain-face.ts';
export * from './collect-features.ts';
export * from './feature-extractor.ts';
export * from './feature-source.ts';
export * from './model-files.ts';
export * from './recognizer.ts';
