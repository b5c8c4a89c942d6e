/** Image files in Node: what index.ts leaves out because a browser cannot run it. */
export { withDecoding, type DecodeNote, type Decoding } from './decoding.ts';
export { decodeImage, defaultMaxPixels, type DecodeOptions } from './decode-node.ts';
export { encodeImage, writeImage, type EncodedFormat } from './encode-node.ts';
