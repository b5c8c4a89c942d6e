/**
 * What only a browser runs: decoding by the platform, assets over the network, and what is made of them.
 * @module
 */
export { decodeImage, type BrowserDecodeOptions } from './image/decode-browser.ts';
export { createRecognizer, loadClassifier } from './predict/create-recognizer-browser.ts';
export { fetchAssets, type FetchAssetsOptions } from './predict/fetch-assets.ts';
