/** Image files in Node: what index.ts leaves out because a browser cannot run it. */
export { decodingOf, withDecoding, type DecodeNote, type Decoding } from './decoding.ts';
export { decodeImage, DEFAULT_MAX_PIXELS, type DecodeOptions } from './decode-node.ts';
export { encodeImage, isOwnImage, writeImage, type EncodedFormat } from './encode-node.ts';
