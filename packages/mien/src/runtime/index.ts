/**
 * Sessions on ONNX Runtime: onnxruntime-node in Node, onnxruntime-web in browsers.
 * @module
 */
export * from './session.ts';
/** `#ort` (package.json): ort-web.ts where a bundler builds for browsers, ort-node.ts elsewhere. */
export * from '#ort';
