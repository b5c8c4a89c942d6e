/**
 * Image files in Node: decoding and encoding, which a browser does in its own way.
 * @module
 */
export { decodingOf, withDecoding, type DecodeNote, type Decoding } from './decoding.ts';
export { decodeImage, DEFAULT_MAX_PIXELS, type DecodeOptions } from './decode-node.ts';
export {
  checkAnimationName,
  encodeImage,
  isOwnImage,
  mostAnimationFrames,
  writeAnimation,
  writeImage,
  type EncodedFormat,
} from './encode-node.ts';
