/** A recognizer in a browser, with the assets that a page serves. */
import { MienError } from '../errors.ts';
import { FaceNetworks } from '../face/index.ts';
import { assembleRecognizer } from './assemble.ts';
import { type Assets, faceFilesOf, readAssetModel } from './assets.ts';
import { type ClassifierOptions, ExpressionClassifier } from './classifier.ts';
import { fetchAssets, fetchBytes } from './fetch-assets.ts';
import type { Recognizer } from './recognizer.ts';
import { DEFAULT_MODEL, isAssets, isModelPath, type RecognizerOptions } from './recognizer-options.ts';

/**
 * Fetches and loads everything that recognition needs: some megabytes at the first call, from the browser's cache
 * later.
 * @throws {MienError} when no assets are given, or the device is not available
 * @throws {InputError} when something cannot be fetched, the model is unknown or damaged, or does not allow the views
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs/browser';
 *
 * const recognizer = await createRecognizer({ assets: '/mien/' }); // the folder that `mien assets` wrote
 * const { faces } = await recognizer.recognize(await decodeImage(document.querySelector('video')!));
 * ```
 */
export async function createRecognizer({
  assets,
  model = DEFAULT_MODEL,
  ...options
}: RecognizerOptions = {}): Promise<Recognizer> {
  if (assets === undefined) {
    throw new MienError(
      'createRecognizer: option "assets" is missing, expected the address of the folder that "mien assets" wrote',
    );
  }
  const opened = isAssets(assets) ? assets : await fetchAssets(assets);
  return assembleRecognizer(loadClassifier(opened, model, options), new FaceNetworks(faceFilesOf(opened)), options);
}

/**
 * Loads an expression model.
 * @param model its name among the assets, its address (it ends in .onnx or holds a slash), or its bytes
 * @throws {InputError} when there is no such model, or it is damaged; {MienError} when the device is not available
 */
export async function loadClassifier(
  assets: Assets,
  model: string | Uint8Array = DEFAULT_MODEL,
  options: ClassifierOptions = {},
): Promise<ExpressionClassifier> {
  if (typeof model !== 'string') return ExpressionClassifier.create(model, 'model', options);
  const bytes = isModelPath(model) ? await fetchBytes(model) : await readAssetModel(assets, model);
  return ExpressionClassifier.create(bytes, model, options);
}
